/* SPDX-License-Identifier: Apache-2.0 */
#include "reply/accept.h"

#include <stdlib.h>
#include <string.h>

#include <apr_cstr.h>

static int weight(const char *range);

int mai_accept_weight(const request_rec *r, const char *type)
{
    const char *rest = apr_table_get(r->headers_in, "Accept");
    apr_size_t length = strlen(type);
    const char *range = rest != NULL ? ap_get_list_item(r->pool, &rest) : NULL;
    int most = 0;

    for (; range != NULL; range = ap_get_list_item(r->pool, &rest)) {
        if (strcspn(range, "; \t") == length &&
            apr_cstr_casecmpn(range, type, length) == 0 &&
            weight(range) > most) {
            most = weight(range);
        }
    }
    return most;
}

/* The q of a media range in thousandths, RFC 9110 12.4.2. */
static int weight(const char *range)
{
    const char *q = strchr(range, ';');

    while (q != NULL) {
        q += 1 + strspn(q + 1, " \t");
        if ((*q == 'q' || *q == 'Q') && q[1] == '=') {
            double value = strtod(q + 2, NULL);

            return value > 0 && value <= 1 ? (int)(value * 1000) : 0;
        }
        q = strchr(q, ';');
    }
    return 1000;
}
