/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/path.h"

#include <string.h>

#include <apr_strings.h>

#include "base/control.h"

static const ti_value_t *look(const ti_claims_t *claims,
                              const ti_value_t *object, const char *path,
                              apr_size_t length);

const char *ti_path_read(ti_path_t *path, const char **rest, const char *text,
                         apr_pool_t *p)
{
    char *plain = apr_pstrdup(p, text);
    char *steps = apr_pstrdup(p, text);
    apr_size_t length = 0;
    int parted = 0;

    for (; *text != '\0' && *text != ':' && *text != '~'; text++) {
        int escaped = *text == '\\' && strchr(".:~\\", text[1]) != NULL &&
                      text[1] != '\0';

        text += escaped;
        if (ti_control_is(*text)) {
            return "a claim's name cannot hold control characters";
        }
        plain[length] = *text;
        steps[length] = *text;
        if (*text == '.' && !escaped) {
            steps[length] = TI_CLAIMS_SEPARATOR;
            parted = 1;
        }
        length++;
    }

    plain[length] = '\0';
    steps[length] = '\0';
    path->whole = plain;
    path->whole_length = length;
    path->steps = parted ? steps : NULL;
    path->steps_length = parted ? length : 0;
    *rest = text;
    return length > 0 ? NULL : "the name of the claim is missing";
}

const ti_value_t *ti_path_find(const ti_path_t *path, const ti_claims_t *claims,
                               const ti_value_t *object)
{
    const ti_value_t *value =
        look(claims, object, path->whole, path->whole_length);

    if (value == NULL && path->steps != NULL) {
        value = look(claims, object, path->steps, path->steps_length);
    }
    return value;
}

static const ti_value_t *look(const ti_claims_t *claims,
                              const ti_value_t *object, const char *path,
                              apr_size_t length)
{
    const ti_value_t *value =
        object != NULL ? ti_claims_within(claims, object, path, length)
                       : ti_claims_find(claims, path, length);

    return value != NULL && value->type != TI_NULL ? value : NULL;
}
