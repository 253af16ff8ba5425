/* SPDX-License-Identifier: Apache-2.0 */
#include "token/vary.h"

#include <http_protocol.h>

#include "config/carrier.h"
#include "config/config.h"

#define AUTHORIZATION "Authorization"

static void add(request_rec *r, const char *header);
static const char *header_of(const mai_carrier_t *carrier);

void mai_vary_note(request_rec *r)
{
    const apr_array_header_t *carriers = mai_config_of(r)->carriers;
    int i;

    if (carriers == NULL) {
        add(r, AUTHORIZATION);
    }
    for (i = 0; carriers != NULL && i < carriers->nelts; i++) {
        add(r, header_of(&APR_ARRAY_IDX(carriers, i, mai_carrier_t)));
    }
}

static void add(request_rec *r, const char *header)
{
    const char *there = apr_table_get(r->err_headers_out, "Vary");

    if (header != NULL &&
        (there == NULL || !ap_find_token(r->pool, there, header))) {
        apr_table_mergen(r->err_headers_out, "Vary", header);
    }
}

/* NULL: the URL itself. */
static const char *header_of(const mai_carrier_t *carrier)
{
    switch (carrier->kind) {
    case MAI_CARRIER_NAMED:
        return carrier->name;
    case MAI_CARRIER_COOKIE:
        return "Cookie";
    case MAI_CARRIER_SUBPROTOCOL:
        return "Sec-WebSocket-Protocol";
    case MAI_CARRIER_QUERY:
        return NULL;
    default:
        return AUTHORIZATION;
    }
}
