/* SPDX-License-Identifier: Apache-2.0 */
#include "export/user.h"

#include <string.h>

#include <apr_strings.h>

#include "base/control.h"
#include "server/named.h"

static int is_qualified(const mai_dir_t *dir);
static char *bare_name(mai_subject_t *subject, const mai_dir_t *dir,
                       const ti_claims_t *claims, apr_pool_t *p);
static const char *listed_name(const apr_array_header_t *list,
                               mai_subject_t subject, const ti_claims_t *claims,
                               apr_pool_t *p);
static int names_client(const apr_array_header_t *list, mai_subject_t subject,
                        const ti_claims_t *claims, const ti_value_t *value,
                        const char *name);
static const char *person_of(const ti_claims_t *claims, const char *client);
static const char *member_name(const ti_claims_t *claims, apr_uint32_t number);
static const char *part_of(const mai_selection_t *selection, const char *name,
                           apr_pool_t *p);
static const char *name_of(const ti_claims_t *claims, const ti_value_t *value);
static int is_name(const char *text, apr_size_t length);

char *mai_user_of(mai_context_t *context, const mai_dir_t *dir, apr_pool_t *p)
{
    char *name = bare_name(&context->subject, dir, context->result.claims, p);

    return is_qualified(dir) && context->server->name != NULL &&
                   strcmp(name, MAI_USER_NONE) != 0
               ? apr_pstrcat(p, name, "@", context->server->name, NULL)
               : name;
}

/* Where several may vouch the same name is not the same person. */
static int is_qualified(const mai_dir_t *dir)
{
    return dir->named != NULL &&
           (dir->qualify == TI_SWITCH_ON ||
            (dir->qualify != TI_SWITCH_OFF && dir->named->is_several));
}

static char *bare_name(mai_subject_t *subject, const mai_dir_t *dir,
                       const ti_claims_t *claims, apr_pool_t *p)
{
    const char *client = member_name(claims, TI_NAMES_CLIENT_ID);
    const char *name = person_of(claims, client);

    *subject = name != NULL     ? MAI_SUBJECT_USER
               : client != NULL ? MAI_SUBJECT_CLIENT
                                : MAI_SUBJECT_NONE;
    if (dir->remote_user == NULL && *subject == MAI_SUBJECT_CLIENT) {
        return apr_pstrcat(p, MAI_USER_CLIENT, client, NULL);
    }
    if (dir->remote_user != NULL) {
        name = listed_name(dir->remote_user, *subject, claims, p);
    }
    /* httpd wants a char *: the record is this request's own copy */
    return name != NULL ? (char *)(apr_uintptr_t)name
                        : apr_pstrdup(p, MAI_USER_NONE);
}

/* The first of IntrospectRemoteUser that is one. */
static const char *listed_name(const apr_array_header_t *list,
                               mai_subject_t subject, const ti_claims_t *claims,
                               apr_pool_t *p)
{
    int i;

    for (i = 0; i < list->nelts; i++) {
        const mai_selection_t *selection =
            &APR_ARRAY_IDX(list, i, mai_selection_t);
        const ti_value_t *value = ti_path_find(&selection->path, claims, NULL);
        const char *name = name_of(claims, value);
        const char *part = name != NULL && selection->pattern != NULL
                               ? part_of(selection, name, p)
                               : name;

        if (part != NULL) {
            return names_client(list, subject, claims, value, name)
                       ? apr_pstrcat(p, MAI_USER_CLIENT, name, NULL)
                       : part;
        }
    }
    return NULL;
}

/* Is this value, a name, that of a program, where people have names too? */
static int names_client(const apr_array_header_t *list, mai_subject_t subject,
                        const ti_claims_t *claims, const ti_value_t *value,
                        const char *name)
{
    const ti_value_t *own = ti_claims_numbered(claims, TI_NAMES_CLIENT_ID);
    const char *client = name_of(claims, own);

    if (value == own) {
        return list->nelts > 1;
    }
    return subject == MAI_SUBJECT_CLIENT && client != NULL &&
           strcmp(name, client) == 0;
}

static const char *person_of(const ti_claims_t *claims, const char *client)
{
    static const apr_uint32_t members[] = {TI_NAMES_SUB, TI_NAMES_USERNAME};
    apr_size_t i;

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const char *name = member_name(claims, members[i]);

        if (name != NULL && (client == NULL || strcmp(name, client) != 0)) {
            return name;
        }
    }
    return NULL;
}

static const char *member_name(const ti_claims_t *claims, apr_uint32_t number)
{
    return name_of(claims, ti_claims_numbered(claims, number));
}

/* NULL where it does not match, or nothing is left that may be a name. */
static const char *part_of(const mai_selection_t *selection, const char *name,
                           apr_pool_t *p)
{
    ap_regmatch_t matches[AP_MAX_REG_MATCH];
    const char *part;

    if (ap_regexec(selection->pattern, name, AP_MAX_REG_MATCH, matches, 0) !=
        0) {
        return NULL;
    }
    part =
        ap_pregsub(p, selection->replacement, name, AP_MAX_REG_MATCH, matches);
    return part != NULL && is_name(part, strlen(part)) && !ti_control_in(part)
               ? part
               : NULL;
}

static const char *name_of(const ti_claims_t *claims, const ti_value_t *value)
{
    if (value == NULL) {
        return NULL;
    }
    if (value->type == TI_STRING) {
        const char *text = ti_claims_string(claims, value);

        /* text differs from string where there are control characters */
        return value->text == value->string && is_name(text, value->length)
                   ? text
                   : NULL;
    }
    return value->type == TI_INTEGER ? ti_claims_text(claims, value) : NULL;
}

/* What begins with a parenthesis is a name of ours. A backend that is told the
 * name in a header sees no space at its ends (RFC 9110 5.5), and would take
 * " alice" for alice. */
static int is_name(const char *text, apr_size_t length)
{
    return length > 0 && *text != '(' && *text != ' ' &&
           text[length - 1] != ' ';
}
