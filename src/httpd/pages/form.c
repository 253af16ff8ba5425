/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/form.h"

#include <apr_cstr.h>

#define SIZE_MAX_FORM ((apr_size_t)64 * 1024)
#define PAIRS_MAX 64

int mai_form_is(const request_rec *r)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = apr_table_get(r->headers_in, "Content-Type");

    return type != NULL &&
           apr_cstr_casecmpn(type, form, sizeof(form) - 1) == 0 &&
           (type[sizeof(form) - 1] == '\0' || type[sizeof(form) - 1] == ';' ||
            type[sizeof(form) - 1] == ' ');
}

int mai_form_read(apr_array_header_t **pairs, request_rec *r)
{
    *pairs = NULL;
    return ap_parse_form_data(r, NULL, pairs, PAIRS_MAX, SIZE_MAX_FORM);
}

char *mai_form_value(apr_size_t *length, const ap_form_pair_t *pair,
                     apr_pool_t *p)
{
    apr_off_t size = 0;
    apr_size_t flat;
    char *value;

    apr_brigade_length(pair->value, 1, &size);
    flat = (apr_size_t)size;
    value = apr_palloc(p, flat + 1);
    apr_brigade_flatten(pair->value, value, &flat);
    value[flat] = '\0';
    if (length != NULL) {
        *length = flat;
    }
    return value;
}
