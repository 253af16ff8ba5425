/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/discovery.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/negotiation.h"
#include "ask/server.h"
#include "base/control.h"
#include "claims/claims.h"
#include "http/address.h"

static const char *endpoint_complaint(const ti_server_t *server,
                                      const char *name, const char *address,
                                      apr_pool_t *p);
static int is_elsewhere(const ti_server_t *server, const char *address,
                        apr_pool_t *p);
static const char *take(ti_server_t *server, const ti_claims_t *claims,
                        apr_pool_t *p);
static const char *take_endpoint(ti_server_t *server, const ti_claims_t *claims,
                                 apr_pool_t *p);
static const char *alias_of(const ti_claims_t *claims, const char *name,
                            apr_pool_t *p);

const char *ti_discovery_location(const char *issuer, int which, apr_pool_t *p)
{
    const char *host = strstr(issuer, "://") + 3;
    apr_size_t origin = (apr_size_t)(host - issuer) + strcspn(host, "/");
    apr_size_t length = strlen(issuer);

    if (length > origin && issuer[length - 1] == '/') {
        length--;
    }
    if (which > 0) {
        return apr_pstrcat(p, apr_pstrmemdup(p, issuer, length),
                           "/.well-known/openid-configuration", NULL);
    }
    return apr_pstrcat(p, apr_pstrmemdup(p, issuer, origin),
                       "/.well-known/oauth-authorization-server",
                       apr_pstrmemdup(p, issuer + origin, length - origin),
                       NULL);
}

const char *ti_discovery_apply(ti_server_t *server, const char *text,
                               apr_size_t length, apr_pool_t *p)
{
    const ti_claims_t *claims;
    ti_server_t next = *server;
    const char *issuer;
    const char *why;

    if (ti_claims_compile(&claims, &why, text, length, p) != APR_SUCCESS) {
        return why;
    }
    issuer = ti_claims_plain(claims, "issuer");
    if (issuer == NULL || strcmp(issuer, server->discovery) != 0) {
        return "its issuer is not exactly the one that IntrospectDiscovery "
               "names";
    }
    why = take(&next, claims, p);
    if (why == NULL) {
        *server = next;
    }
    return why;
}

/* What the configuration does not say. */
static const char *take(ti_server_t *server, const ti_claims_t *claims,
                        apr_pool_t *p)
{
    const char *keys = ti_claims_plain(claims, "jwks_uri");
    const char *token = ti_claims_plain(claims, "token_endpoint");
    const char *why = take_endpoint(server, claims, p);

    if (why == NULL && keys != NULL && server->jwks_url == NULL) {
        why = endpoint_complaint(server, "jwks_uri", keys, p);
        server->jwks_url = apr_pstrdup(p, keys);
        server->keys_elsewhere = why == NULL && is_elsewhere(server, keys, p);
    }
    if (why == NULL) {
        why = ti_signing_discover(&server->signing, claims,
                                  server->jwks_url != NULL || keys != NULL);
    }
    if (why != NULL) {
        return why;
    }
    /* an assertion for another's host, sent here, could be used there */
    server->token_endpoint = token != NULL && !is_elsewhere(server, token, p)
                                 ? apr_pstrdup(p, token)
                                 : NULL;
    server->undiscovered = 0;
    return ti_negotiation_settle(server, claims, p);
}

/* Who shows a certificate asks where it is asked for one, RFC 8705 5. */
static const char *take_endpoint(ti_server_t *server, const ti_claims_t *claims,
                                 apr_pool_t *p)
{
    const char *name = "introspection_endpoint";
    const char *endpoint = ti_claims_plain(claims, name);
    apr_array_header_t *one;
    const char *why;

    if (server->endpoints != NULL && server->endpoints->nelts > 0) {
        return NULL;
    }
    if (server->certificate.chain != NULL) {
        const char *alias = alias_of(claims, name, p);

        endpoint = alias != NULL ? alias : endpoint;
    }
    why = endpoint_complaint(server, name, endpoint, p);
    if (why == NULL) {
        one = apr_array_make(p, 1, sizeof(const char *));
        APR_ARRAY_PUSH(one, const char *) = apr_pstrdup(p, endpoint);
        server->endpoints = one;
    }
    return why;
}

static const char *alias_of(const ti_claims_t *claims, const char *name,
                            apr_pool_t *p)
{
    const char *path =
        apr_psprintf(p, "mtls_endpoint_aliases%c%s", TI_CLAIMS_SEPARATOR, name);
    const ti_value_t *alias = ti_claims_find(claims, path, strlen(path));
    const char *text = alias != NULL && alias->type == TI_STRING
                           ? ti_claims_string(claims, alias)
                           : NULL;

    return text != NULL && strlen(text) == alias->length && !ti_control_in(text)
               ? text
               : NULL;
}

/* On no host that the configuration, or the issuer, names? */
static int is_elsewhere(const ti_server_t *server, const char *address,
                        apr_pool_t *p)
{
    int i;

    if (ti_address_same_origin(address, server->discovery, p)) {
        return 0;
    }
    for (i = 0; i < server->endpoints->nelts; i++) {
        if (ti_address_same_origin(
                address, APR_ARRAY_IDX(server->endpoints, i, const char *),
                p)) {
            return 0;
        }
    }
    return 1;
}

/* Who says it is on the other side of a network: where the issuer is not plain
 * http, nothing else is, and no socket of this machine is either. */
static const char *endpoint_complaint(const ti_server_t *server,
                                      const char *name, const char *address,
                                      apr_pool_t *p)
{
    const char *complaint;

    if (address == NULL) {
        return apr_pstrcat(p, "it has no ", name,
                           ": write IntrospectEndpoint instead of "
                           "IntrospectDiscovery",
                           NULL);
    }
    complaint = ti_address_complaint(address,
                                     server->allow_insecure == TI_SWITCH_ON, p);
    if (complaint != NULL) {
        return apr_pstrcat(p, "its ", name, " ", complaint, NULL);
    }
    if (ti_address_url(address) != address ||
        (ti_address_is_plain(address) &&
         !ti_address_is_plain(server->discovery))) {
        return apr_pstrcat(p, "its ", name,
                           " is not https, though the issuer is", NULL);
    }
    return NULL;
}
