/* SPDX-License-Identifier: Apache-2.0 */
#include "context/origin.h"

#include "config/carrier.h"
#include "config/config.h"

const char *mai_origin_listed(const request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    const char *origin =
        dir->origins != NULL ? apr_table_get(r->headers_in, "Origin") : NULL;

    return origin != NULL && ap_array_str_contains(dir->origins, origin)
               ? origin
               : NULL;
}

int mai_origin_credentials(const request_rec *r)
{
    return mai_carrier_among(mai_config_of(r)->carriers, MAI_CARRIER_COOKIE);
}

void mai_origin_expose(request_rec *r, const char *origin, int credentials)
{
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Origin", origin);
    apr_table_setn(r->err_headers_out, "Access-Control-Expose-Headers",
                   "WWW-Authenticate, Retry-After");
    if (credentials) {
        apr_table_setn(r->err_headers_out, "Access-Control-Allow-Credentials",
                       "true");
    }
    apr_table_mergen(r->err_headers_out, "Vary", "Origin");
}
