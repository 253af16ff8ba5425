/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/places.h"

#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <httpd.h>
#include <http_config.h>

#include "config/config.h"
#include "server/named.h"

/* One section, as the page tells it. */
typedef struct place_t {
    const char *host;
    const char *section;
    const char *where;
    const apr_array_header_t *servers;   /* of const char * */
    const apr_array_header_t *audiences; /* the same */
    const char *issuer;
    const apr_array_header_t *lines; /* the same; of Require */
} place_t;

/* Providers whose arguments are nobody's secret. */
static const char *const plain[] = {
    "claim",       "scope",      "audience",
    "claim-expr",  "acr",        "auth-age",
    "mcp-tool",    "mcp-method", "introspect-server",
    "valid-user",  "user",       "group",
    "ip",          "host",       "local",
    "forward-dns", "all",        "env",
    "method",      "not"};

static apr_array_header_t *places; /* of place_t; of the configuration */

static void learn(place_t *place, const mai_dir_t *dir, apr_pool_t *p);
static const apr_array_header_t *servers_of(const mai_dir_t *dir,
                                            apr_pool_t *p);
static const ap_directive_t *find(const ap_directive_t *first,
                                  const char *where);
static int is_at(const ap_directive_t *directive, const char *where);
static const char *section_of(const ap_directive_t *directive, apr_pool_t *p);
static void add_lines(apr_array_header_t *lines, const ap_directive_t *first,
                      const char *indent);
static const char *shown(const char *args, apr_pool_t *p);

void mai_places_learn(const apr_array_header_t *sections, apr_pool_t *pconf)
{
    int i;

    places = apr_array_make(pconf, 16, sizeof(place_t));
    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        if (dir->introspect == TI_SWITCH_ON && dir->s != NULL) {
            learn(apr_array_push(places), dir, pconf);
        }
    }
}

void mai_places_write(mai_sheet_t *sheet)
{
    mai_table_t *table =
        mai_sheet_table(sheet, "places", "Places",
                        "None: write AuthType Introspect somewhere.", 0);
    int i;

    for (i = 0; places != NULL && i < places->nelts; i++) {
        const place_t *place = &APR_ARRAY_IDX(places, i, const place_t);

        mai_sheet_row(table);
        mai_sheet_text(table, "host", "Virtual host", place->host);
        mai_sheet_text(table, "section", "Section", place->section);
        mai_sheet_text(table, "where", "Written at", place->where);
        mai_sheet_list(table, "servers", "Authorization servers",
                       place->servers);
        mai_sheet_text(table, "issuer", "Issuer", place->issuer);
        mai_sheet_list(table, "audiences", "Audiences", place->audiences);
        mai_sheet_list(table, "require", "Require", place->lines);
    }
}

const char *mai_places_host(const server_rec *s, apr_pool_t *p)
{
    apr_port_t port = s->addrs != NULL ? s->addrs->host_port : s->port;

    return s->is_virtual
               ? apr_psprintf(
                     p, "%s:%u",
                     s->server_hostname != NULL ? s->server_hostname : "", port)
               : "the main server";
}

/* As requests have it, where no other section adds something. */
static void learn(place_t *place, const mai_dir_t *dir, apr_pool_t *p)
{
    const mai_dir_t *merged =
        mai_config_merge(p, (void *)(apr_uintptr_t)mai_config_defaults(dir->s),
                         (void *)(apr_uintptr_t)dir);
    const ap_directive_t *directive = find(ap_conftree, dir->where);
    apr_array_header_t *lines = apr_array_make(p, 2, sizeof(const char *));
    ti_policy_t policy;

    mai_config_policy(&policy, merged);
    memset(place, 0, sizeof(*place));
    place->host = dir->s->is_virtual ? mai_places_host(dir->s, p) : "all";
    place->where = mai_config_shown(dir->where);
    place->servers = servers_of(merged, p);
    place->audiences = policy.audiences;
    place->issuer = policy.issuer;
    place->lines = lines;
    if (directive != NULL) {
        const ap_directive_t *section = directive->parent;

        place->section = section_of(section, p);
        add_lines(lines, section != NULL ? section->first_child : ap_conftree,
                  "");
    }
}

static const apr_array_header_t *servers_of(const mai_dir_t *dir, apr_pool_t *p)
{
    apr_array_header_t *list = apr_array_make(p, 1, sizeof(const char *));
    int i;

    if (dir->named != NULL && dir->named->all != NULL) {
        for (i = 0; i < dir->named->all->nelts; i++) {
            const mai_combination_t *server =
                APR_ARRAY_IDX(dir->named->all, i, const mai_combination_t *);

            APR_ARRAY_PUSH(list, const char *) = server->raw->name;
        }
    } else if (dir->server != NULL && dir->server->ready != NULL &&
               dir->server->ready->displayname != NULL) {
        APR_ARRAY_PUSH(list, const char *) = dir->server->ready->displayname;
    }
    return list;
}

/* The directive that stands there, within all of the tree. */
static const ap_directive_t *find(const ap_directive_t *first,
                                  const char *where)
{
    const ap_directive_t *found = NULL;

    for (; first != NULL && found == NULL; first = first->next) {
        found = is_at(first, where) ? first : find(first->first_child, where);
    }
    return found;
}

static int is_at(const ap_directive_t *directive, const char *where)
{
    const char *colon = strrchr(where, ':');
    apr_size_t length;

    if (colon == NULL || directive->filename == NULL ||
        directive->line_num != atoi(colon + 1)) {
        return 0;
    }
    length = strlen(directive->filename);
    return length == (apr_size_t)(colon - where) &&
           memcmp(directive->filename, where, length) == 0;
}

/* From the outside in, without its virtual host. */
static const char *section_of(const ap_directive_t *directive, apr_pool_t *p)
{
    const char *text = "";

    for (; directive != NULL; directive = directive->parent) {
        if (apr_cstr_casecmp(directive->directive, "<VirtualHost") != 0) {
            text = apr_pstrcat(p, directive->directive, " ", directive->args,
                               *text != '\0' ? " " : "", text, NULL);
        }
    }
    return text;
}

/* Of a section, and of those that combine lines within it. */
static void add_lines(apr_array_header_t *lines, const ap_directive_t *first,
                      const char *indent)
{
    apr_pool_t *p = lines->pool;

    for (; first != NULL; first = first->next) {
        if (apr_cstr_casecmpn(first->directive, "<Require", 8) == 0) {
            APR_ARRAY_PUSH(lines, const char *) =
                apr_pstrcat(p, indent, first->directive, ">", NULL);
            add_lines(lines, first->first_child,
                      apr_pstrcat(p, indent, "\xc2\xa0\xc2\xa0", NULL));
        } else if (apr_cstr_casecmp(first->directive, "Require") == 0) {
            APR_ARRAY_PUSH(lines, const char *) =
                apr_pstrcat(p, indent, shown(first->args, p), NULL);
        } else if (apr_cstr_casecmpn(first->directive, "<Limit", 6) == 0) {
            add_lines(lines, first->first_child, indent);
        }
    }
}

static const char *shown(const char *args, apr_pool_t *p)
{
    const char *rest = args;
    const char *name = ap_getword_conf(p, &rest);
    apr_size_t i;

    if (apr_cstr_casecmp(name, "not") == 0) {
        name = ap_getword_conf(p, &rest);
    }
    for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (apr_cstr_casecmp(name, plain[i]) == 0) {
            return args;
        }
    }
    return apr_pstrcat(p, name, " ...", NULL);
}
