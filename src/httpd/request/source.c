/* SPDX-License-Identifier: Apache-2.0 */
#include "request/source.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>

#include "config/carrier.h"
#include "config/config.h"
#include "request/origin.h"
#include "request/parameter.h"
#include "request/refusal.h"

/* Of the outermost request's pool. */
#define KEY "introspect-source"

static void find(mai_source_t *source, const request_rec *r);
static void take_out(request_rec *r, int all);
static const char *value_of(const mai_carrier_t *carrier, const request_rec *r);
static const char *authorization(const request_rec *r);
static const char *behind(const char *text, const char *scheme);
static const char *of_basic(const mai_carrier_t *carrier, const request_rec *r);
static const char *of_subprotocol(const request_rec *r);
static int is_same_origin(const request_rec *r, const char *origin);

int mai_source_take(request_rec *r)
{
    mai_source_t *source;

    if (mai_config_of(r)->carriers == NULL) {
        return DECLINED;
    }
    if (mai_source_of(r) == NULL || mai_source_of(r)->token == NULL) {
        source = apr_pcalloc(mai_refusal_pool(r), sizeof(*source));
        find(source, r);
        apr_pool_userdata_setn(source, KEY, NULL, mai_refusal_pool(r));
    }
    take_out(r, mai_config_of(r)->forward_token == TI_SWITCH_OFF);
    return DECLINED;
}

const mai_source_t *mai_source_of(const request_rec *r)
{
    void *source = NULL;

    if (mai_config_of(r)->carriers != NULL) {
        apr_pool_userdata_get(&source, KEY, mai_refusal_pool(r));
    }
    return source;
}

const char *mai_source_forged(const mai_source_t *source, const request_rec *r)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *origin = apr_table_get(r->headers_in, "Origin");

    if (!source->is_automatic || mai_config_of(r)->cross_site == TI_SWITCH_ON ||
        ((r->method_number == M_GET || r->method_number == M_OPTIONS) &&
         apr_table_get(r->headers_in, "Upgrade") == NULL)) {
        return NULL;
    }
    if (site != NULL &&
        (strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)) {
        return NULL;
    }
    if (origin != NULL) {
        return is_same_origin(r, origin) || mai_origin_listed(r) != NULL
                   ? NULL
                   : "a page of another origin sent it, with a token that "
                     "browsers add by themselves";
    }
    if (site != NULL) {
        return "a page of another site sent it (Sec-Fetch-Site), with a token "
               "that browsers add by themselves";
    }
    return source->is_cookie
               ? "neither Sec-Fetch-Site nor Origin says who sent it, and its "
                 "token is in a cookie"
               : NULL;
}

static void find(mai_source_t *source, const request_rec *r)
{
    const apr_array_header_t *carriers = mai_config_of(r)->carriers;
    int i;

    for (i = 0; i < carriers->nelts; i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(carriers, i, mai_carrier_t);
        const char *value = value_of(carrier, r);
        int automatic = carrier->kind == MAI_CARRIER_COOKIE ||
                        carrier->kind == MAI_CARRIER_BASIC;

        if (value == NULL) {
            continue;
        }
        if (source->token != NULL && !automatic && !source->is_automatic &&
            strcmp(source->token, value) != 0) {
            source->is_double = 1;
        }
        source->is_query =
            source->is_query || carrier->kind == MAI_CARRIER_QUERY;
        /* what a client sets on purpose goes before what a browser adds */
        if (source->token == NULL || (source->is_automatic && !automatic)) {
            source->token = apr_pstrdup(mai_refusal_pool(r), value);
            source->is_automatic = automatic;
            source->is_cookie = carrier->kind == MAI_CARRIER_COOKIE;
        }
    }
}

static void take_out(request_rec *r, int all)
{
    const apr_array_header_t *carriers = mai_config_of(r)->carriers;
    int i;

    for (i = 0; i < carriers->nelts; i++) {
        const mai_carrier_t *carrier =
            &APR_ARRAY_IDX(carriers, i, mai_carrier_t);

        switch (carrier->kind) {
        case MAI_CARRIER_QUERY:
            mai_parameter_remove_query(r, carrier->name);
            break;
        case MAI_CARRIER_SUBPROTOCOL:
            if (of_subprotocol(r) != NULL) {
                apr_table_setn(r->headers_in, "Sec-WebSocket-Protocol",
                               "bearer");
            }
            break;
        case MAI_CARRIER_COOKIE:
            if (all) {
                mai_parameter_remove_cookie(r, carrier->name);
            }
            break;
        case MAI_CARRIER_NAMED:
            if (all && value_of(carrier, r) != NULL) {
                apr_table_unset(r->headers_in, carrier->name);
            }
            break;
        default: /* Authorization has its own */
            break;
        }
    }
}

static const char *value_of(const mai_carrier_t *carrier, const request_rec *r)
{
    const char *header;

    switch (carrier->kind) {
    case MAI_CARRIER_HEADER:
        header = authorization(r);
        return header != NULL ? behind(header, "Bearer") : NULL;
    case MAI_CARRIER_NAMED:
        header = apr_cstr_casecmp(carrier->name, "Authorization") == 0
                     ? authorization(r)
                     : apr_table_get(r->headers_in, carrier->name);
        if (header != NULL && carrier->scheme != NULL) {
            header = behind(header, carrier->scheme);
        }
        return header != NULL && *header != '\0' ? header : NULL;
    case MAI_CARRIER_COOKIE:
        return mai_parameter_cookie(r, carrier->name);
    case MAI_CARRIER_QUERY:
        return mai_parameter_query(r, carrier->name);
    case MAI_CARRIER_BASIC:
        return of_basic(carrier, r);
    case MAI_CARRIER_SUBPROTOCOL:
        return of_subprotocol(r);
    }
    return NULL;
}

static const char *authorization(const request_rec *r)
{
    return apr_table_get(r->headers_in, "Authorization");
}

/* What follows the scheme; NULL where there is another one. */
static const char *behind(const char *text, const char *scheme)
{
    apr_size_t length = strlen(scheme);

    if (apr_cstr_casecmpn(text, scheme, length) != 0 ||
        (text[length] != ' ' && text[length] != '\0')) {
        return NULL;
    }
    return text + length + strspn(text + length, " ");
}

static const char *of_basic(const mai_carrier_t *carrier, const request_rec *r)
{
    const char *header = authorization(r);
    const char *encoded = header != NULL ? behind(header, "Basic") : NULL;
    char *plain;
    char *password;

    if (encoded == NULL || strchr(encoded, ',') != NULL) {
        return encoded; /* two headers: no token has a comma */
    }
    plain = ap_pbase64decode(r->pool, encoded);
    password = strchr(plain, ':');
    if (password == NULL) {
        return NULL;
    }
    *password++ = '\0';
    plain = carrier->is_user ? plain : password;
    return *plain != '\0' ? plain : NULL;
}

/* "bearer, TOKEN": what a browser's WebSocket can send. */
static const char *of_subprotocol(const request_rec *r)
{
    const char *list = apr_table_get(r->headers_in, "Sec-WebSocket-Protocol");
    const char *token;

    if (list == NULL || apr_cstr_casecmpn(list, "bearer", 6) != 0) {
        return NULL;
    }
    list += 6 + strspn(list + 6, " \t");
    if (*list != ',') {
        return NULL;
    }
    list++;
    token = list + strspn(list, " \t");
    return *token != '\0'
               ? apr_pstrmemdup(r->pool, token, strcspn(token, ", \t"))
               : NULL;
}

static int is_same_origin(const request_rec *r, const char *origin)
{
    const char *host = apr_table_get(r->headers_in, "Host");

    return host != NULL &&
           apr_cstr_casecmp(origin, apr_pstrcat(r->pool, ap_http_scheme(r),
                                                "://", host, NULL)) == 0;
}
