/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/mediatype.h"

#include <string.h>

#include <apr_cstr.h>

static apr_size_t length_of(const char *type);

int ti_mediatype_is(const char *type, const char *name)
{
    apr_size_t length = strlen(name);

    return length_of(type) == length &&
           apr_cstr_casecmpn(type, name, length) == 0;
}

int ti_mediatype_is_json(const char *type)
{
    apr_size_t length = length_of(type);

    if (length == 0 || ti_mediatype_is(type, "application/json")) {
        return 1;
    }
    return length > 17 && apr_cstr_casecmpn(type, "application/", 12) == 0 &&
           apr_cstr_casecmpn(type + length - 5, "+json", 5) == 0;
}

/* Without its parameters. */
static apr_size_t length_of(const char *type)
{
    return strcspn(type, "; \t");
}
