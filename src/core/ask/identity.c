/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/server.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "http/address.h"
#include "http/exchange.h"
#include "jose/jwks.h"

static void add_endpoints(apr_array_header_t *parts, const ti_server_t *server,
                          apr_pool_t *p);
static void add_client(apr_array_header_t *parts, const ti_server_t *server);
static void add_signing(apr_array_header_t *parts, const ti_server_t *server);
static apr_status_t prove_by(ti_key_t *credentials, const ti_server_t *server,
                             const char *client_secret, const void *secret,
                             apr_pool_t *p);
static void add(apr_array_header_t *parts, const char *text);
static char *joined(const apr_array_header_t *parts);
static int compare(const void *one, const void *other);

apr_status_t ti_server_identify(ti_server_t *server, apr_pool_t *p)
{
    apr_array_header_t *parts = apr_array_make(p, 16, sizeof(const char *));
    apr_status_t rv;
    char *whole;
    int i;

    if (server->endpoints == NULL && server->discovery != NULL) {
        add(parts, "discovery");
        add(parts, server->discovery);
    }
    add_endpoints(parts, server, p);
    add_client(parts, server);
    add(parts, server->hint);
    for (i = 0; server->params && i < server->params->nelts; i++) {
        const ti_param_t *param = &APR_ARRAY_IDX(server->params, i, ti_param_t);

        add(parts, param->name);
        add(parts, param->value);
    }
    add(parts, "headers");
    for (i = 0; server->headers && i < server->headers->nelts; i++) {
        const ti_header_t *header =
            &APR_ARRAY_IDX(server->headers, i, ti_header_t);

        add(parts, header->name);
        add(parts, header->value);
    }
    add(parts, ti_route_trust(&server->route, p));
    if (ti_signing_is_on(&server->signing)) {
        add_signing(parts, server);
    }
    whole = joined(parts);
    rv = ti_key_digest(&server->identity, whole, strlen(whole));
    explicit_bzero(whole, strlen(whole));
    return rv;
}

apr_status_t ti_server_digest_credentials(ti_server_t *server,
                                          const void *secret, apr_pool_t *p)
{
    apr_status_t rv = prove_by(&server->credentials, server,
                               server->client_secret, secret, p);

    return rv == APR_SUCCESS && server->previous.secret != NULL
               ? prove_by(&server->previous.credentials, server,
                          server->previous.secret, secret, p)
               : rv;
}

static apr_status_t prove_by(ti_key_t *credentials, const ti_server_t *server,
                             const char *client_secret, const void *secret,
                             apr_pool_t *p)
{
    const char *keys = server->assertion.keys != NULL
                           ? ti_jwks_public(server->assertion.keys, p)
                           : NULL;
    apr_array_header_t *parts = apr_array_make(p, 8, sizeof(const char *));
    apr_status_t rv;
    char *whole;

    add(parts, ti_auth_name(server->auth));
    add(parts, client_secret);
    add(parts, server->bearer);
    add(parts, keys);
    add(parts, server->certificate.chain);
    whole = joined(parts);
    rv = ti_key_once(credentials, secret, &server->identity, "credentials",
                     whole, strlen(whole));
    explicit_bzero(whole, strlen(whole));
    return rv;
}

/* Equals in any order, each in one spelling; and the proxy, where one that is
 * not TLS lets it answer in their place. */
static void add_endpoints(apr_array_header_t *parts, const ti_server_t *server,
                          apr_pool_t *p)
{
    apr_array_header_t *sorted = apr_array_make(p, 2, sizeof(const char *));
    int is_plain = 0;
    int i;

    for (i = 0; server->endpoints && i < server->endpoints->nelts; i++) {
        const char *address = APR_ARRAY_IDX(server->endpoints, i, const char *);

        APR_ARRAY_PUSH(sorted, const char *) = ti_address_canonical(address, p);
        is_plain = is_plain || ti_address_is_plain(address);
    }
    qsort(sorted->elts, (size_t)sorted->nelts, sizeof(const char *), compare);
    for (i = 0; i < sorted->nelts; i++) {
        add(parts, APR_ARRAY_IDX(sorted, i, const char *));
    }
    add(parts, is_plain ? server->route.proxy : NULL);
}

/* By what the server knows us. A certificate may be all that it sees of us; of
 * a token only the place that it comes from stays the same. */
static void add_client(apr_array_header_t *parts, const ti_server_t *server)
{
    int is_nameless =
        server->auth == TI_AUTH_BEARER && server->client_id == NULL;

    add(parts, ti_auth_name(server->auth));
    add(parts, server->client_id);
    add(parts, server->certificate.names);
    add(parts, is_nameless && server->bearer_source == NULL
                   ? server->bearer
                   : server->bearer_source);
}

/* What was not signed, or by others, must not serve where it has to be.
 * Metadata are not known yet: they are their issuer's. */
static void add_signing(apr_array_header_t *parts, const ti_server_t *server)
{
    add(parts, server->signing.form == TI_SIGNING_BARE ? "signed claims"
                                                       : "signed answers");
    add(parts, server->signing.iss);
    add(parts, server->signing.aud);
    add(parts, apr_psprintf(parts->pool, "%u", server->signing.algs));
    add(parts, server->jwks_url);
}

/* Parts with their lengths, so that no part can run into the next. */
static void add(apr_array_header_t *parts, const char *text)
{
    APR_ARRAY_PUSH(parts, const char *) =
        text != NULL ? apr_psprintf(parts->pool, "%" APR_SIZE_T_FMT ":%s",
                                    strlen(text), text)
                     : apr_pstrdup(parts->pool, "-");
}

/* One copy of our secret is enough: what it was joined from is wiped. */
static char *joined(const apr_array_header_t *parts)
{
    char *whole = apr_array_pstrcat(parts->pool, parts, ',');
    int i;

    for (i = 0; i < parts->nelts; i++) {
        char *part = APR_ARRAY_IDX(parts, i, char *);

        explicit_bzero(part, strlen(part));
    }
    return whole;
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}
