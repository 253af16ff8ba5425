/* SPDX-License-Identifier: Apache-2.0 */
#include "token/forgery.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>

#include "config/config.h"
#include "context/origin.h"
#include "token/source.h"

static int is_safe(const request_rec *r);
static int is_safe_method(int number);
static int is_same_origin(const request_rec *r, const char *origin);

mai_sender_t mai_forgery_sender(const request_rec *r)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *origin = apr_table_get(r->headers_in, "Origin");

    if (site != NULL &&
        (strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)) {
        return MAI_SENDER_OWN;
    }
    if (origin != NULL) {
        return is_same_origin(r, origin) ? MAI_SENDER_OWN : MAI_SENDER_FOREIGN;
    }
    return site != NULL ? MAI_SENDER_FOREIGN : MAI_SENDER_UNKNOWN;
}

const char *mai_forgery_cause(const mai_source_t *source, const request_rec *r)
{
    mai_sender_t sender;

    if (!source->is_automatic || mai_config_of(r)->cross_site == TI_SWITCH_ON ||
        is_safe(r) || mai_origin_listed(r) != NULL) {
        return NULL;
    }
    sender = mai_forgery_sender(r);
    if (sender == MAI_SENDER_FOREIGN) {
        return apr_table_get(r->headers_in, "Origin") != NULL
                   ? "a page of another origin sent it, with a token that "
                     "browsers add by themselves"
                   : "a page of another site sent it (Sec-Fetch-Site), with a "
                     "token that browsers add by themselves";
    }
    return sender == MAI_SENDER_UNKNOWN && source->is_cookie
               ? "neither Sec-Fetch-Site nor Origin says who sent it, and its "
                 "token is in a cookie"
               : NULL;
}

/* httpd's look-ups and error documents are GETs, whatever the request is that
 * they are for: its own line says that. */
static int is_safe(const request_rec *r)
{
    const char *line = r->the_request != NULL ? r->the_request : "";
    int asked =
        ap_method_number_of(apr_pstrmemdup(r->pool, line, strcspn(line, " ")));

    while (r->main != NULL) {
        r = r->main;
    }
    return is_safe_method(asked) && is_safe_method(r->method_number) &&
           apr_table_get(r->headers_in, "Upgrade") == NULL;
}

static int is_safe_method(int number)
{
    return number == M_GET || number == M_OPTIONS; /* HEAD is a GET */
}

static int is_same_origin(const request_rec *r, const char *origin)
{
    const char *host = apr_table_get(r->headers_in, "Host");

    return host != NULL &&
           apr_cstr_casecmp(origin, apr_pstrcat(r->pool, ap_http_scheme(r),
                                                "://", host, NULL)) == 0;
}
