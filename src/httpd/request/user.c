/* SPDX-License-Identifier: Apache-2.0 */
#include "request/user.h"

#include <string.h>

#include <apr_strings.h>

static const char *name_of(const ti_claims_t *claims, const ti_value_t *value);

char *mai_user_of(const mai_dir_t *dir, const ti_claims_t *claims,
                  apr_pool_t *p)
{
    static const mai_selection_t usual[] = {{"sub", NULL, "sub"},
                                            {"username", NULL, "username"},
                                            {"client_id", NULL, "client_id"}};
    const mai_selection_t *selections = usual;
    int count = 3;
    int i;

    if (dir->remote_user != NULL) {
        selections = (const mai_selection_t *)dir->remote_user->elts;
        count = dir->remote_user->nelts;
    }
    for (i = 0; i < count; i++) {
        const char *name =
            name_of(claims, mai_user_find(&selections[i], claims));

        if (name != NULL) {
            /* httpd wants a char *: the record is this request's own copy */
            return (char *)(apr_uintptr_t)name;
        }
    }
    return apr_pstrdup(p, MAI_USER_NONE);
}

const ti_value_t *mai_user_find(const mai_selection_t *selection,
                                const ti_claims_t *claims)
{
    const ti_value_t *value =
        ti_claims_find(claims, selection->whole, strlen(selection->whole));

    if ((value == NULL || value->type == TI_NULL) && selection->path != NULL) {
        value =
            ti_claims_find(claims, selection->path, strlen(selection->path));
    }
    return value != NULL && value->type != TI_NULL ? value : NULL;
}

static const char *name_of(const ti_claims_t *claims, const ti_value_t *value)
{
    if (value == NULL) {
        return NULL;
    }
    if (value->type == TI_STRING) {
        /* text differs from string where there are control characters */
        return value->length > 0 && value->text == value->string
                   ? ti_claims_string(claims, value)
                   : NULL;
    }
    return value->type == TI_INTEGER ? ti_claims_text(claims, value) : NULL;
}
