/* SPDX-License-Identifier: Apache-2.0 */
#include "config/carrier.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>

/* The parameter of RFC 6750 2.3. */
#define QUERY_NAME "access_token"

static const char *parse_header(mai_carrier_t *carrier, const char *rest,
                                apr_pool_t *p);
static int is_name(const char *text);
static int same(const char *one, const char *other);

const char *mai_carrier_parse(mai_carrier_t *carrier, const char *text,
                              apr_pool_t *p)
{
    static const char advice[] =
        "write header, header:NAME, header:NAME:SCHEME, cookie:NAME, query, "
        "query:NAME, basic, basic:user, basic:password or subprotocol";
    const char *rest = strchr(text, ':');
    const char *word = apr_pstrmemdup(
        p, text, rest != NULL ? (apr_size_t)(rest - text) : strlen(text));

    rest = rest != NULL ? rest + 1 : NULL;
    memset(carrier, 0, sizeof(*carrier));
    if (strcmp(word, "header") == 0) {
        return parse_header(carrier, rest, p);
    }
    if (strcmp(word, "cookie") == 0) {
        carrier->kind = MAI_CARRIER_COOKIE;
        carrier->name = rest;
        return rest != NULL && is_name(rest) ? NULL : advice;
    }
    if (strcmp(word, "query") == 0) {
        carrier->kind = MAI_CARRIER_QUERY;
        carrier->name = rest != NULL ? rest : QUERY_NAME;
        return is_name(carrier->name) ? NULL : advice;
    }
    if (strcmp(word, "basic") == 0) {
        carrier->kind = MAI_CARRIER_BASIC;
        carrier->is_user = rest != NULL && strcmp(rest, "user") == 0;
        return rest == NULL || carrier->is_user || strcmp(rest, "password") == 0
                   ? NULL
                   : advice;
    }
    carrier->kind = MAI_CARRIER_SUBPROTOCOL;
    return strcmp(text, "subprotocol") == 0 ? NULL : advice;
}

int mai_carrier_among(const apr_array_header_t *list, mai_carrier_kind_t kind)
{
    int i;

    for (i = 0; list != NULL && i < list->nelts; i++) {
        if (APR_ARRAY_IDX(list, i, mai_carrier_t).kind == kind) {
            return 1;
        }
    }
    return 0;
}

int mai_carrier_in_authorization(const apr_array_header_t *list)
{
    int i;

    for (i = 0; list != NULL && i < list->nelts; i++) {
        const mai_carrier_t *carrier = &APR_ARRAY_IDX(list, i, mai_carrier_t);

        if (carrier->kind == MAI_CARRIER_HEADER ||
            carrier->kind == MAI_CARRIER_BASIC ||
            (carrier->kind == MAI_CARRIER_NAMED &&
             apr_cstr_casecmp(carrier->name, "Authorization") == 0)) {
            return 1;
        }
    }
    return list == NULL;
}

int mai_carrier_query_is_bearer(const apr_array_header_t *list)
{
    static const mai_carrier_t bearer = {MAI_CARRIER_QUERY, QUERY_NAME, NULL,
                                         0};

    return list != NULL && mai_carrier_holds(list, &bearer);
}

const apr_array_header_t *mai_carrier_narrow(const apr_array_header_t *outer,
                                             const apr_array_header_t *inner,
                                             apr_pool_t *p)
{
    static const mai_carrier_t header = {MAI_CARRIER_HEADER, NULL, NULL, 0};
    apr_array_header_t *both = apr_array_make(p, 2, sizeof(mai_carrier_t));
    int i;

    for (i = 0; i < inner->nelts; i++) {
        const mai_carrier_t *carrier = &APR_ARRAY_IDX(inner, i, mai_carrier_t);

        if (outer != NULL ? mai_carrier_holds(outer, carrier)
                          : mai_carrier_equal(&header, carrier)) {
            APR_ARRAY_PUSH(both, mai_carrier_t) = *carrier;
        }
    }
    return both;
}

static const char *parse_header(mai_carrier_t *carrier, const char *rest,
                                apr_pool_t *p)
{
    static const char *const others[] = {"Cookie",         "Host",
                                         "Origin",         "Connection",
                                         "Content-Length", "Transfer-Encoding"};
    const char *scheme = rest != NULL ? strchr(rest, ':') : NULL;
    apr_size_t i;

    carrier->kind = rest == NULL ? MAI_CARRIER_HEADER : MAI_CARRIER_NAMED;
    if (rest == NULL) {
        return NULL;
    }
    carrier->name = scheme != NULL
                        ? apr_pstrmemdup(p, rest, (apr_size_t)(scheme - rest))
                        : rest;
    carrier->scheme = scheme != NULL ? scheme + 1 : NULL;
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (apr_cstr_casecmp(carrier->name, others[i]) == 0) {
            return "this header means something else; choose another one";
        }
    }
    if (apr_cstr_casecmp(carrier->name, "Authorization") == 0 &&
        (carrier->scheme == NULL ||
         apr_cstr_casecmp(carrier->scheme, "Bearer") == 0)) {
        return carrier->scheme == NULL
                   ? "write header:Authorization:SCHEME, or "
                     "header alone for Bearer"
                   : "write header alone for Bearer";
    }
    return is_name(carrier->name) &&
                   (carrier->scheme == NULL || is_name(carrier->scheme))
               ? NULL
               : "write header:NAME or header:NAME:SCHEME";
}

/* A token of RFC 9110 5.6.2, as far as anybody uses it in names. */
static int is_name(const char *text)
{
    const char *c;

    for (c = text; *c != '\0'; c++) {
        if (!apr_isalnum(*c) && strchr("-_.", *c) == NULL) {
            return 0;
        }
    }
    return *text != '\0';
}

int mai_carrier_holds(const apr_array_header_t *list,
                      const mai_carrier_t *carrier)
{
    int i;

    for (i = 0; list != NULL && i < list->nelts; i++) {
        if (mai_carrier_equal(&APR_ARRAY_IDX(list, i, mai_carrier_t),
                              carrier)) {
            return 1;
        }
    }
    return 0;
}

int mai_carrier_equal(const mai_carrier_t *one, const mai_carrier_t *other)
{
    return one->kind == other->kind && one->is_user == other->is_user &&
           same(one->name, other->name) && same(one->scheme, other->scheme);
}

static int same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other
                                        : strcmp(one, other) == 0;
}
