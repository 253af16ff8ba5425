/* SPDX-License-Identifier: Apache-2.0 */
#include "export/user.h"

#include <string.h>

#include <apr_strings.h>

#include "base/control.h"
#include "server/named.h"

static int is_qualified(const mai_dir_t *dir);
static char *bare_name(mai_subject_t *subject, const mai_dir_t *dir,
                       const ti_claims_t *claims, apr_pool_t *p);
static const char *person_of(const ti_claims_t *claims, const char *client);
static const char *member_name(const ti_claims_t *claims, const char *name);
static const char *part_of(const mai_selection_t *selection, const char *name,
                           apr_pool_t *p);
static const char *name_of(const ti_claims_t *claims, const ti_value_t *value);

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
    const char *client = member_name(claims, "client_id");
    const char *name = person_of(claims, client);
    int i;

    *subject = name != NULL     ? MAI_SUBJECT_USER
               : client != NULL ? MAI_SUBJECT_CLIENT
                                : MAI_SUBJECT_NONE;
    if (dir->remote_user == NULL && *subject == MAI_SUBJECT_CLIENT) {
        return apr_pstrcat(p, MAI_USER_CLIENT, client, NULL);
    }
    if (dir->remote_user != NULL) {
        name = NULL;
    }
    for (i = 0; dir->remote_user != NULL && name == NULL &&
                i < dir->remote_user->nelts;
         i++) {
        const mai_selection_t *selection =
            &APR_ARRAY_IDX(dir->remote_user, i, mai_selection_t);

        name = name_of(claims, ti_path_find(&selection->path, claims, NULL));
        if (name != NULL && selection->pattern != NULL) {
            name = part_of(selection, name, p);
        }
    }
    /* httpd wants a char *: the record is this request's own copy */
    return name != NULL ? (char *)(apr_uintptr_t)name
                        : apr_pstrdup(p, MAI_USER_NONE);
}

static const char *person_of(const ti_claims_t *claims, const char *client)
{
    static const char *const members[] = {"sub", "username"};
    apr_size_t i;

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const char *name = member_name(claims, members[i]);

        if (name != NULL && (client == NULL || strcmp(name, client) != 0)) {
            return name;
        }
    }
    return NULL;
}

static const char *member_name(const ti_claims_t *claims, const char *name)
{
    return name_of(claims, ti_claims_member(claims, name));
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
    return part != NULL && *part != '\0' && *part != '(' && !ti_control_in(part)
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

        /* text differs from string where there are control characters; what
         * begins with a parenthesis is a name of ours */
        return value->length > 0 && value->text == value->string && *text != '('
                   ? text
                   : NULL;
    }
    return value->type == TI_INTEGER ? ti_claims_text(claims, value) : NULL;
}
