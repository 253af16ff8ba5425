/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/discovery.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/server.h"
#include "claims/claims.h"
#include "http/address.h"

static const char *endpoint_complaint(const ti_server_t *server,
                                      const char *name, const char *address,
                                      apr_pool_t *p);
static int is_elsewhere(const ti_server_t *server, const char *address,
                        apr_pool_t *p);
static const char *choose_auth(ti_auth_t *auth, const ti_claims_t *claims);

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
    const char *endpoint;
    const char *keys;
    const char *issuer;
    const char *why;
    ti_auth_t auth = server->auth;

    if (ti_claims_compile(&claims, &why, text, length, p) != APR_SUCCESS) {
        return why;
    }
    issuer = ti_claims_plain(claims, "issuer");
    if (issuer == NULL || strcmp(issuer, server->discovery) != 0) {
        return "it is of another issuer than IntrospectDiscovery says, to the "
               "letter";
    }
    endpoint = ti_claims_plain(claims, "introspection_endpoint");
    keys = ti_claims_plain(claims, "jwks_uri");
    why =
        server->endpoints != NULL
            ? NULL
            : endpoint_complaint(server, "introspection_endpoint", endpoint, p);
    if (why == NULL && keys != NULL && server->jwks_url == NULL) {
        why = endpoint_complaint(server, "jwks_uri", keys, p);
    }
    if (why == NULL && auth == TI_AUTH_UNSET) {
        why = choose_auth(&auth, claims);
    }
    if (why == NULL) {
        why = ti_signing_discover(&server->signing, claims,
                                  server->jwks_url != NULL || keys != NULL);
    }
    if (why != NULL) {
        return why;
    }

    if (server->endpoints == NULL) {
        apr_array_header_t *one = apr_array_make(p, 1, sizeof(const char *));

        APR_ARRAY_PUSH(one, const char *) = apr_pstrdup(p, endpoint);
        server->endpoints = one;
    }
    if (server->jwks_url == NULL && keys != NULL) {
        server->jwks_url = apr_pstrdup(p, keys);
        server->keys_elsewhere = is_elsewhere(server, keys, p);
    }
    server->auth = auth;
    server->undiscovered = 0;
    return NULL;
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

/* The list for introspection, else that of the token endpoint; none means
 * client_secret_basic. */
static const char *choose_auth(ti_auth_t *auth, const ti_claims_t *claims)
{
    static const char *const lists[] = {
        "introspection_endpoint_auth_methods_supported",
        "token_endpoint_auth_methods_supported"};
    static const ti_auth_t ours[] = {TI_AUTH_BASIC, TI_AUTH_POST};
    const ti_value_t *methods = NULL;
    apr_size_t i;

    for (i = 0; methods == NULL && i < sizeof(lists) / sizeof(lists[0]); i++) {
        methods = ti_claims_member(claims, lists[i]);
    }
    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (methods == NULL || methods->type == TI_NULL ||
            ti_claims_holds(claims, methods, ti_auth_name(ours[i]))) {
            *auth = ours[i];
            return NULL;
        }
    }
    return "it takes neither client_secret_basic nor client_secret_post: write "
           "IntrospectClientAuth";
}
