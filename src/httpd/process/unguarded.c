/* SPDX-License-Identifier: Apache-2.0 */
#include "process/unguarded.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_main.h>

#include "module.h"

/* One section with a Require line or with our AuthType. */
typedef struct section_t {
    const ap_directive_t *opening; /* NULL: outside of all sections */
    const ap_directive_t *host;    /* its <VirtualHost>, or NULL */
    const ap_directive_t *type;    /* AuthType Introspect in it, or NULL */
    int has_require;               /* whatever it says is deliberate */
    int demands;                   /* a Require line of it needs a user */
} section_t;

typedef struct survey_t {
    apr_array_header_t *sections; /* of section_t */
    int by_htaccess;              /* one may add a Require line */
} survey_t;

static void look_into(survey_t *survey, const ap_directive_t *opening,
                      const ap_directive_t *host, const ap_directive_t *first);
static void look_at(survey_t *survey, section_t *section,
                    const ap_directive_t *line);
static int is_section(const ap_directive_t *line);
static int is_host(const ap_directive_t *line);
static int is(const ap_directive_t *line, const char *name);
static int takes_user(const char *args, apr_pool_t *p);
static int is_demanded(const survey_t *survey, const section_t *place);
static int may_meet(const section_t *a, const section_t *b);
static int is_within(const char *path, const char *outer);

const apr_array_header_t *mai_unguarded_find(apr_pool_t *p)
{
    apr_array_header_t *found = apr_array_make(p, 2, sizeof(const char *));
    survey_t survey = {NULL, 0};
    int i;

    survey.sections = apr_array_make(p, 8, sizeof(section_t));
    look_into(&survey, NULL, NULL, ap_conftree);
    for (i = 0; i < survey.sections->nelts && !survey.by_htaccess; i++) {
        const section_t *place = &APR_ARRAY_IDX(survey.sections, i, section_t);

        if (place->type != NULL && !place->has_require &&
            !is_demanded(&survey, place)) {
            APR_ARRAY_PUSH(found, const char *) = apr_psprintf(
                p, "%s:%d", place->type->filename, place->type->line_num);
        }
    }
    return found;
}

static void look_into(survey_t *survey, const ap_directive_t *opening,
                      const ap_directive_t *host, const ap_directive_t *first)
{
    section_t section = {NULL, NULL, NULL, 0, 0};
    const ap_directive_t *line;

    section.opening = opening;
    section.host = host;
    for (line = first; line != NULL; line = line->next) {
        look_at(survey, &section, line);
        if (is_host(line)) {
            look_into(survey, NULL, line, line->first_child);
        } else if (is_section(line)) {
            look_into(survey, line, host, line->first_child);
        }
    }
    if (section.type != NULL || section.demands) {
        APR_ARRAY_PUSH(survey->sections, section_t) = section;
    }
}

/* Lines in <RequireAll> and <Limit> count for the section around them. */
static void look_at(survey_t *survey, section_t *section,
                    const ap_directive_t *line)
{
    const char *args = line->args != NULL ? line->args : "";
    const ap_directive_t *inner;

    if (is(line, "AuthType") &&
        apr_cstr_casecmp(ap_getword_conf(survey->sections->pool, &args),
                         MAI_AUTH_TYPE) == 0) {
        section->type = line;
    } else if (is(line, "Require")) {
        section->has_require = 1;
        section->demands |= takes_user(args, survey->sections->pool);
    } else if (is(line, "AllowOverrideList") ||
               (is(line, "AllowOverride") && (strstr(args, "Auth") != NULL ||
                                              strstr(args, "All") != NULL))) {
        survey->by_htaccess = 1;
    }
    if (!is_section(line) && !is_host(line)) {
        for (inner = line->first_child; inner != NULL; inner = inner->next) {
            look_at(survey, section, inner);
        }
    }
}

/* Does it have settings of its own, unlike <RequireAny> or <Limit>? */
static int is_section(const ap_directive_t *line)
{
    static const char *const names[] = {
        "<Location", "<LocationMatch", "<Directory", "<DirectoryMatch",
        "<Files",    "<FilesMatch",    "<Proxy",     "<ProxyMatch",
        "<If",       "<ElseIf",        "<Else",      "<AuthnProviderAlias",
    };
    apr_size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (is(line, names[i])) {
            return 1;
        }
    }
    return 0;
}

static int is_host(const ap_directive_t *line)
{
    return is(line, "<VirtualHost");
}

static int is(const ap_directive_t *line, const char *name)
{
    return apr_cstr_casecmp(line->directive, name) == 0;
}

/* Does this Require line need a user? An unknown kind counts as one that does,
 * so that we do not warn without cause. */
static int takes_user(const char *args, apr_pool_t *p)
{
    static const char *const userless[] = {
        "all", "ip", "host", "local", "forward-dns", "method", "env"};
    const char *word = ap_getword_conf(p, &args);
    apr_size_t i;

    for (i = 0; i < sizeof(userless) / sizeof(userless[0]); i++) {
        if (apr_cstr_casecmp(word, userless[i]) == 0) {
            return 0;
        }
    }
    return 1;
}

static int is_demanded(const survey_t *survey, const section_t *place)
{
    int i;

    for (i = 0; i < survey->sections->nelts; i++) {
        const section_t *other = &APR_ARRAY_IDX(survey->sections, i, section_t);

        if (other->demands && may_meet(place, other)) {
            return 1;
        }
    }
    return 0;
}

/* Can one request be in both? Not in two virtual hosts, nor in two paths unless
 * one is within the other. Anything else is possible. */
static int may_meet(const section_t *a, const section_t *b)
{
    if (a->host != NULL && b->host != NULL && a->host != b->host) {
        return 0;
    }
    if (a->opening == NULL || b->opening == NULL ||
        apr_cstr_casecmp(a->opening->directive, b->opening->directive) != 0 ||
        strpbrk(a->opening->args, "~*?[") != NULL ||
        strpbrk(b->opening->args, "~*?[") != NULL ||
        (!is(a->opening, "<Location") && !is(a->opening, "<Directory"))) {
        return 1;
    }
    return is_within(a->opening->args, b->opening->args) ||
           is_within(b->opening->args, a->opening->args);
}

/* Is "/a/b>" within "/a>"? Arguments of sections, with quotes or without. */
static int is_within(const char *path, const char *outer)
{
    apr_size_t length;

    path += *path == '"';
    outer += *outer == '"';
    length = strcspn(outer, "\">");
    while (length > 0 &&
           (apr_isspace(outer[length - 1]) || outer[length - 1] == '/')) {
        length--;
    }
    return strncmp(path, outer, length) == 0 &&
           (path[length] == '/' || path[length] == '>' || path[length] == '"' ||
            apr_isspace(path[length]));
}
