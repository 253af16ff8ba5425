/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/server.h"

#include <string.h>

#include <apr_strings.h>

#include "http/address.h"

#define TIMEOUT apr_time_from_sec(6)
#define CONNECT_TIMEOUT apr_time_from_sec(2)
#define CACHE_MAX_AGE apr_time_from_sec(60)
#define NEGATIVE_MAX_AGE apr_time_from_sec(15)
#define DISCOVERY_AGE apr_time_from_sec(600)
#define REFRESH_PERCENT 80
#define CALLS_MAX 128 /* or half of the workers, where these are fewer */

static void lay_route(ti_route_t *route, const ti_server_t *server,
                      apr_pool_t *p);
static int calls_max_of(int workers);
static void merge_client(ti_server_t *merged, const ti_server_t *base,
                         const ti_server_t *add);

ti_server_t *ti_server_create(apr_pool_t *p)
{
    ti_server_t *server = apr_pcalloc(p, sizeof(*server));

    server->timeout = -1;
    server->connect_timeout = -1;
    server->cache_max_age = -1;
    server->negative_max_age = -1;
    server->stale_if_error = -1;
    server->refresh = -1;
    server->calls_max = -1;
    server->discovery_age = -1;
    return server;
}

#define PICK_SET(field) merged->field = add->field ? add->field : base->field
#define PICK_SIGN(field)                                                       \
    merged->field = add->field >= 0 ? add->field : base->field

/* Who the server is, and who we are to it. */
static void merge_identity(ti_server_t *merged, const ti_server_t *base,
                           const ti_server_t *add)
{
    static const ti_server_t nobody;
    int another = ti_server_is_set(base) && ti_server_is_set(add);

    PICK_SET(endpoints);
    PICK_SET(discovery);
    PICK_SIGN(discovery_age);
    if (ti_server_is_set(add)) {
        merged->endpoints = add->endpoints;
        merged->discovery = add->discovery;
    }
    ti_signing_merge(&merged->signing, &base->signing, &add->signing, another);
    /* another authorization server must not get the first one's secret where
     * its own was forgotten */
    merge_client(merged, another ? &nobody : base, add);
}

/* Who we are to the server. */
static void merge_client(ti_server_t *merged, const ti_server_t *base,
                         const ti_server_t *add)
{
    PICK_SET(auth);
    PICK_SET(client_id);
    PICK_SET(client_secret);
    merged->previous =
        add->client_secret != NULL ? add->previous : base->previous;
    PICK_SET(bearer);
    merged->bearer_source =
        add->bearer ? add->bearer_source : base->bearer_source;
    merged->bearer_file = add->bearer ? add->bearer_file : base->bearer_file;
    PICK_SET(headers);
    ti_assertion_merge(&merged->assertion, &base->assertion, &add->assertion,
                       add->auth != TI_AUTH_UNSET);
    merged->certificate = ti_certificate_is_set(&add->certificate)
                              ? add->certificate
                              : base->certificate;
    PICK_SET(token_endpoint);
    PICK_SET(params);
    PICK_SET(jwks_url);
}

ti_server_t *ti_server_merge(const ti_server_t *base, const ti_server_t *add,
                             apr_pool_t *p)
{
    ti_server_t *merged = ti_server_create(p);

    merge_identity(merged, base, add);
    PICK_SET(proxy);
    merged->proxy_login = add->proxy != NULL && add->proxy_login == NULL
                              ? NULL /* another proxy: its own login only */
                              : base->proxy_login;
    if (add->proxy_login != NULL) {
        merged->proxy_login = add->proxy_login;
    }
    PICK_SET(no_proxy);
    PICK_SET(hint);
    PICK_SIGN(timeout);
    PICK_SIGN(connect_timeout);
    PICK_SET(tls_verify);
    PICK_SET(tls_ca);
    merged->tls_ca_file = add->tls_ca ? add->tls_ca_file : base->tls_ca_file;
    PICK_SET(tls_min);
    PICK_SET(tls_pins);
    PICK_SET(trace);
    PICK_SET(allow_insecure);
    PICK_SIGN(cache_max_age);
    PICK_SIGN(negative_max_age);
    PICK_SIGN(stale_if_error);
    PICK_SIGN(refresh);
    PICK_SIGN(calls_max);
    PICK_SET(name);
    PICK_SET(token_prefix);
    PICK_SET(issuer);
    PICK_SET(issuer_required);
    PICK_SET(where);
    return merged;
}

int ti_server_is_set(const ti_server_t *server)
{
    return server->endpoints != NULL || server->discovery != NULL;
}

ti_server_t *ti_server_inherit(const ti_server_t *base, apr_pool_t *p)
{
    ti_server_t *inherited = apr_pmemdup(p, base, sizeof(*inherited));

    inherited->endpoints = NULL;
    inherited->discovery = NULL;
    inherited->auth = TI_AUTH_UNSET;
    inherited->client_id = NULL;
    inherited->client_secret = NULL;
    memset(&inherited->previous, 0, sizeof(inherited->previous));
    inherited->bearer = NULL;
    inherited->bearer_source = NULL;
    memset(&inherited->bearer_file, 0, sizeof(inherited->bearer_file));
    memset(&inherited->assertion, 0, sizeof(inherited->assertion));
    memset(&inherited->certificate, 0, sizeof(inherited->certificate));
    inherited->token_endpoint = NULL;
    inherited->where = NULL;
    inherited->params = NULL;
    inherited->headers = NULL;
    inherited->jwks_url = NULL;
    inherited->signing.issuer = NULL;
    inherited->signing.audience = NULL;
    return inherited;
}

#define DEFAULT_SET(field, value)                                              \
    server->field = server->field ? server->field : (value)
#define DEFAULT_SIGN(field, value)                                             \
    server->field = server->field >= 0 ? server->field : (value)

apr_status_t ti_server_finish(ti_server_t *server, int workers, apr_pool_t *p)
{
    if (server->discovery == NULL) {
        DEFAULT_SET(auth, TI_AUTH_BASIC);
    } else {
        DEFAULT_SET(issuer, server->discovery);
        server->undiscovered =
            server->endpoints == NULL || server->auth == TI_AUTH_UNSET;
    }
    DEFAULT_SIGN(discovery_age, DISCOVERY_AGE);
    DEFAULT_SET(hint, "access_token");
    DEFAULT_SIGN(timeout, TIMEOUT);
    DEFAULT_SIGN(connect_timeout, CONNECT_TIMEOUT);
    DEFAULT_SET(tls_verify, TI_SWITCH_ON);
    DEFAULT_SET(allow_insecure, TI_SWITCH_OFF);
    DEFAULT_SIGN(cache_max_age, CACHE_MAX_AGE);
    DEFAULT_SIGN(negative_max_age, NEGATIVE_MAX_AGE);
    DEFAULT_SIGN(stale_if_error, 0);
    DEFAULT_SIGN(refresh, REFRESH_PERCENT);
    DEFAULT_SIGN(calls_max, calls_max_of(workers));
    if (ti_certificate_is_set(&server->certificate)) {
        ti_certificate_ready(&server->certificate, p);
    }
    lay_route(&server->route, server, p);
    ti_address_rank(server->ranks, TI_SERVER_ENDPOINTS_MAX, server->endpoints);
    ti_server_sign(server, 0, p);
    ti_signing_ready(&server->signing, server->issuer, server->client_id);
    return ti_server_identify(server, p);
}

static void lay_route(ti_route_t *route, const ti_server_t *server,
                      apr_pool_t *p)
{
    int has_proxy = server->proxy != NULL && *server->proxy != '\0';

    route->ca = server->tls_ca;
    route->ca_file = server->tls_ca_file.path;
    route->insecure = server->tls_verify == TI_SWITCH_OFF;
    route->tls13 = server->tls_min == 13;
    route->pins = server->tls_pins;
    route->certificate = server->certificate.chain;
    route->certificate_key = server->certificate.key;
    route->proxy = has_proxy ? server->proxy : NULL;
    route->proxy_login = has_proxy ? server->proxy_login : NULL;
    route->no_proxy = server->no_proxy;
    route->hash = ti_route_hash(route, p);
}

void ti_server_sign(ti_server_t *server, ti_algs_t offered, apr_pool_t *p)
{
    ti_assertion_facts_t facts = {
        server->auth,   server->client_id,      server->client_secret,
        server->issuer, server->token_endpoint, server->undiscovered,
        offered};

    if (!ti_auth_asserts(server->auth)) {
        return;
    }
    server->previous.assertion = server->assertion;
    ti_assertion_ready(&server->assertion, &facts, p);
    if (server->previous.secret != NULL) {
        facts.client_secret = server->previous.secret;
        ti_assertion_ready(&server->previous.assertion, &facts, p);
    }
}

apr_status_t ti_server_make_keys(ti_server_t *server,
                                 const ti_key_secrets_t *secrets, apr_pool_t *p)
{
    apr_status_t rv = ti_server_digest_credentials(server, secrets->own, p);

    if (rv == APR_SUCCESS) {
        rv = ti_keyring_create(&server->tokens, secrets->current,
                               &server->identity, "token", p);
    }
    if (rv == APR_SUCCESS && secrets->former != NULL) {
        rv = ti_keyring_create(&server->former, secrets->former,
                               &server->identity, "token", p);
    }
    return rv == APR_SUCCESS
               ? ti_keyring_create(&server->documents, secrets->current,
                                   &server->identity, "document", p)
               : rv;
}

apr_uint64_t ti_server_credentials_id(const ti_server_t *server)
{
    apr_uint64_t number;

    memcpy(&number, server->credentials.bytes, sizeof(number));
    return number;
}

static int calls_max_of(int workers)
{
    if (workers <= 0 || workers / 2 >= CALLS_MAX) {
        return CALLS_MAX;
    }
    return workers > 1 ? workers / 2 : 1;
}
