/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/server.h"
#include "http/address.h"

#include <apr_strings.h>

static const char *credentials_complaint(const ti_server_t *server,
                                         apr_pool_t *p);
static const char *undecided_complaint(const ti_server_t *server,
                                       apr_pool_t *p);
static const char *certificate_complaint(const ti_server_t *server,
                                         apr_pool_t *p);

const char *ti_server_complaint(const ti_server_t *server, apr_pool_t *p)
{
    int insecure = server->allow_insecure == TI_SWITCH_ON;
    const char *complaint;
    int i;

    if (server->discovery != NULL) {
        complaint = ti_address_complaint(server->discovery, insecure, p);
        if (complaint != NULL) {
            return apr_pstrcat(p, "IntrospectDiscovery ", complaint, NULL);
        }
    } else if (server->endpoints == NULL || server->endpoints->nelts == 0) {
        return "there is no authorization server to ask: write "
               "'IntrospectEndpoint https://as.example/introspect', "
               "'IntrospectDiscovery ISSUER', or 'IntrospectServer NAME' with "
               "the name of an <IntrospectServer>";
    }
    for (i = 0; server->endpoints != NULL && i < server->endpoints->nelts;
         i++) {
        complaint = ti_address_complaint(
            APR_ARRAY_IDX(server->endpoints, i, const char *), insecure, p);

        if (complaint != NULL) {
            return apr_pstrcat(p, "IntrospectEndpoint ", complaint, NULL);
        }
    }
    complaint = credentials_complaint(server, p);
    if (complaint == NULL) {
        complaint = ti_signing_complaint(&server->signing,
                                         server->jwks_url != NULL ||
                                             server->discovery != NULL);
    }
    return complaint != NULL ? complaint : ti_server_keys_complaint(server, p);
}

static const char *credentials_complaint(const ti_server_t *server,
                                         apr_pool_t *p)
{
    int lacks_id = ti_auth_needs_id(server->auth) && server->client_id == NULL;
    int lacks_secret =
        ti_auth_needs_secret(server->auth) && server->client_secret == NULL;

    if (server->auth == TI_AUTH_BEARER && server->bearer == NULL) {
        return "IntrospectClientAuth bearer needs 'IntrospectBearerToken "
               "TOKEN' (or file:PATH, env:NAME, exec:PROGRAM)";
    }
    if (server->auth == TI_AUTH_UNSET) {
        return undecided_complaint(server, p);
    }
    if (lacks_id && lacks_secret && server->bearer != NULL) {
        return "IntrospectBearerToken needs 'IntrospectClientAuth bearer'";
    }
    if (lacks_id && lacks_secret && server->assertion.keys != NULL) {
        return "IntrospectClientKey needs 'IntrospectClientAuth "
               "private_key_jwt'";
    }
    if (lacks_id || lacks_secret) {
        return apr_psprintf(p,
                            "IntrospectClientAuth %s needs %s (or choose "
                            "another IntrospectClientAuth). A section that "
                            "names an endpoint of its own inherits none",
                            ti_auth_name(server->auth),
                            lacks_id ? "'IntrospectClientID ID'"
                                     : "'IntrospectClientSecret SECRET'");
    }
    if (server->certificate.why != NULL) {
        return apr_pstrcat(p, "IntrospectTLSCertificate cannot be used: ",
                           server->certificate.why, NULL);
    }
    if (ti_auth_needs_certificate(server->auth)) {
        return certificate_complaint(server, p);
    }
    if (!ti_auth_asserts(server->auth)) {
        return NULL;
    }
    return server->assertion.why != NULL || server->previous.secret == NULL
               ? server->assertion.why
               : server->previous.assertion.why;
}

/* Metadata choose the method, among those that we have something for. */
static const char *undecided_complaint(const ti_server_t *server, apr_pool_t *p)
{
    int has_any = server->client_secret != NULL ||
                  server->assertion.keys != NULL ||
                  ti_certificate_is_set(&server->certificate);

    if ((server->client_id == NULL || !has_any) && server->bearer == NULL) {
        return "IntrospectDiscovery needs 'IntrospectClientID ID' and what "
               "proves it: IntrospectClientSecret, IntrospectClientKey, "
               "IntrospectTLSCertificate or IntrospectBearerToken (or write "
               "IntrospectClientAuth). A section that names an issuer of its "
               "own inherits none";
    }
    return server->certificate.why != NULL
               ? apr_pstrcat(p, "IntrospectTLSCertificate cannot be used: ",
                             server->certificate.why, NULL)
               : NULL;
}

/* RFC 8705 2: over TLS, or nobody sees the certificate. */
static const char *certificate_complaint(const ti_server_t *server,
                                         apr_pool_t *p)
{
    const char *name = ti_auth_name(server->auth);
    int i;

    if (server->certificate.chain == NULL) {
        return apr_psprintf(p,
                            "IntrospectClientAuth %s needs "
                            "'IntrospectTLSCertificate PATH'",
                            name);
    }
    for (i = 0; server->endpoints != NULL && i < server->endpoints->nelts;
         i++) {
        if (ti_address_is_plain(
                APR_ARRAY_IDX(server->endpoints, i, const char *))) {
            return apr_psprintf(p,
                                "IntrospectClientAuth %s needs an "
                                "IntrospectEndpoint with https",
                                name);
        }
    }
    return NULL;
}

const char *ti_server_keys_complaint(const ti_server_t *server, apr_pool_t *p)
{
    const char *complaint = NULL;

    if (server->jwks_url != NULL) {
        complaint = ti_address_complaint(
            server->jwks_url, server->allow_insecure == TI_SWITCH_ON, p);
    }
    return complaint != NULL
               ? apr_pstrcat(p, "IntrospectJWKSURL ", complaint, NULL)
               : NULL;
}
