/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/negotiation.h"

#include <apr_strings.h>

#include "ask/server.h"
#include "claims/claims.h"
#include "http/address.h"

/* What the server takes. */
typedef struct offer_t {
    const ti_claims_t *claims;
    const ti_value_t *methods; /* NULL: there is no list */
    int is_own;                /* nonzero: that is of introspection */
    ti_algs_t algs;            /* 0: there is no list */
    apr_pool_t *p;
} offer_t;

/* What we use of what we have, the best first: what sends no secret. */
static const struct {
    ti_auth_t auth;
    const char *need;
} order[] = {
    {TI_AUTH_TLS, "IntrospectTLSCertificate"},
    {TI_AUTH_TLS_SELF, "IntrospectTLSCertificate"},
    {TI_AUTH_KEY_JWT, "IntrospectClientKey"},
    {TI_AUTH_BASIC, "IntrospectClientSecret"},
    {TI_AUTH_POST, "IntrospectClientSecret"},
    {TI_AUTH_SECRET_JWT, "an IntrospectClientSecret of 32 characters or more"},
    {TI_AUTH_BEARER, "IntrospectBearerToken"},
    {TI_AUTH_NONE, "IntrospectClientAuth none"}};

#define METHODS (sizeof(order) / sizeof(order[0]))

static void read_offer(offer_t *offer, const ti_claims_t *metadata,
                       apr_pool_t *p);
static const ti_value_t *list_of(int *is_own, const ti_claims_t *metadata,
                                 const char *own, const char *other);
static ti_algs_t algs_of(const ti_claims_t *metadata, const ti_value_t *list);
static int takes(const offer_t *offer, ti_auth_t auth);
static int has(const ti_server_t *server, ti_auth_t auth);
static int fits(ti_server_t *server, const offer_t *offer, ti_auth_t auth);
static const char *check(ti_server_t *server, const offer_t *offer);
static const char *complain(const offer_t *offer);
static const char *listed(const offer_t *offer);
static const char *named(const offer_t *offer, ti_algs_t algs);

const char *ti_negotiation_settle(ti_server_t *server,
                                  const ti_claims_t *metadata, apr_pool_t *p)
{
    offer_t offer;
    apr_size_t i;

    read_offer(&offer, metadata, p);
    if (server->auth != TI_AUTH_UNSET) {
        return check(server, &offer);
    }
    if (offer.methods == NULL && fits(server, &offer, TI_AUTH_BASIC)) {
        return NULL;
    }
    for (i = 0; i < METHODS; i++) {
        if (order[i].auth != TI_AUTH_NONE && takes(&offer, order[i].auth) &&
            fits(server, &offer, order[i].auth)) {
            return NULL;
        }
    }
    server->auth = TI_AUTH_UNSET;
    return complain(&offer);
}

static void read_offer(offer_t *offer, const ti_claims_t *metadata,
                       apr_pool_t *p)
{
    const ti_value_t *algs;
    int ignored;

    offer->claims = metadata;
    offer->p = p;
    offer->methods = list_of(&offer->is_own, metadata,
                             "introspection_endpoint_auth_methods_supported",
                             "token_endpoint_auth_methods_supported");
    algs = list_of(&ignored, metadata,
                   "introspection_endpoint_auth_signing_alg_values_supported",
                   "token_endpoint_auth_signing_alg_values_supported");
    offer->algs = algs != NULL ? algs_of(metadata, algs) : 0;
}

static const ti_value_t *list_of(int *is_own, const ti_claims_t *metadata,
                                 const char *own, const char *other)
{
    const ti_value_t *list = ti_claims_member(metadata, own);

    *is_own = list != NULL && list->type != TI_NULL;
    if (!*is_own) {
        list = ti_claims_member(metadata, other);
    }
    return list != NULL && list->type != TI_NULL ? list : NULL;
}

/* EdDSA is what RFC 9864 calls Ed25519. */
static ti_algs_t algs_of(const ti_claims_t *metadata, const ti_value_t *list)
{
    ti_algs_t algs = 0;
    unsigned int bit;

    for (bit = 1; bit <= TI_ALG_EDDSA; bit <<= 1) {
        if (ti_claims_holds(metadata, list, ti_alg_name((ti_alg_t)bit))) {
            algs |= bit;
        }
    }
    if (ti_claims_holds(metadata, list, TI_ALG_ED25519)) {
        algs |= (algs & TI_ALG_EDDSA) != 0 ? TI_ALGS_EITHER
                                           : TI_ALG_EDDSA | TI_ALGS_ED25519;
    }
    return algs;
}

/* A token of our own is a method of introspection alone: RFC 8414 lists it by
 * its type. */
static int takes(const offer_t *offer, ti_auth_t auth)
{
    if (auth == TI_AUTH_BEARER || auth == TI_AUTH_NONE) {
        return !offer->is_own ||
               ti_claims_holds(offer->claims, offer->methods,
                               auth == TI_AUTH_NONE ? "none" : "Bearer") ||
               ti_claims_holds(offer->claims, offer->methods,
                               ti_auth_name(auth));
    }
    if (auth == TI_AUTH_BASIC_RAW) {
        auth = TI_AUTH_BASIC;
    }
    return offer->methods == NULL ||
           ti_claims_holds(offer->claims, offer->methods, ti_auth_name(auth));
}

static int has(const ti_server_t *server, ti_auth_t auth)
{
    if (ti_auth_needs_id(auth) && server->client_id == NULL) {
        return 0;
    }
    if (ti_auth_needs_certificate(auth)) {
        return server->certificate.chain != NULL;
    }
    if (auth == TI_AUTH_KEY_JWT) {
        return server->assertion.keys != NULL;
    }
    return auth == TI_AUTH_BEARER ? server->bearer != NULL
                                  : server->client_secret != NULL;
}

/* Make it the server's. Zero: we cannot. */
static int fits(ti_server_t *server, const offer_t *offer, ti_auth_t auth)
{
    if (!has(server, auth) || (ti_auth_needs_certificate(auth) &&
                               ti_address_is_plain(APR_ARRAY_IDX(
                                   server->endpoints, 0, const char *)))) {
        return 0;
    }
    server->auth = auth;
    ti_server_sign(server, offer->algs, offer->p);
    return !ti_auth_asserts(auth) || server->assertion.why == NULL;
}

/* What is set wins. An algorithm that is not set is one that the server lists,
 * if the key has one. */
static const char *check(ti_server_t *server, const offer_t *offer)
{
    const char *why;

    ti_server_sign(server, offer->algs, offer->p);
    why = ti_auth_asserts(server->auth) ? server->assertion.why : NULL;
    if (why != NULL && offer->algs != 0) {
        ti_server_sign(server, 0, offer->p);
        why = server->assertion.why;
    }
    if (why != NULL) {
        return why;
    }
    if (!takes(offer, server->auth)) {
        server->remark = apr_psprintf(
            offer->p,
            "IntrospectClientAuth %s is not among the methods that %s lists "
            "(%s): leave it out, or write one of these",
            ti_auth_name(server->auth), server->discovery, listed(offer));
    } else if (ti_auth_asserts(server->auth) && offer->algs != 0 &&
               (offer->algs & server->assertion.signs) == 0) {
        server->remark = apr_psprintf(
            offer->p,
            "%s is not among the algorithms that %s lists for client "
            "assertions (%s): write one of these after IntrospectClientAuth "
            "%s, with a key that fits",
            ti_alg_name(server->assertion.signs), server->discovery,
            named(offer, offer->algs), ti_auth_name(server->auth));
    }
    return NULL;
}

/* What to set for each method that it takes. */
static const char *complain(const offer_t *offer)
{
    const char *hints = "";
    apr_size_t i;

    for (i = 0; i < METHODS; i++) {
        if (takes(offer, order[i].auth) &&
            (offer->is_own || order[i].auth != TI_AUTH_NONE)) {
            hints = apr_psprintf(offer->p, "%s%s%s (set %s)", hints,
                                 *hints != '\0' ? ", " : "",
                                 ti_auth_name(order[i].auth), order[i].need);
        }
    }
    return apr_psprintf(
        offer->p,
        "nothing is set for any of the methods that it accepts: %s%s%s; or "
        "write IntrospectClientAuth with another method",
        *hints != '\0' ? hints : "it lists none that we know",
        offer->algs != 0 ? "; with signatures by " : "",
        offer->algs != 0 ? named(offer, offer->algs) : "");
}

static const char *listed(const offer_t *offer)
{
    const char *names = "";
    apr_size_t i;

    for (i = 0; i < METHODS; i++) {
        if (takes(offer, order[i].auth) &&
            (offer->is_own || ti_auth_needs_id(order[i].auth))) {
            names = apr_pstrcat(offer->p, names, *names != '\0' ? ", " : "",
                                ti_auth_name(order[i].auth), NULL);
        }
    }
    return *names != '\0' ? names : "none that we know";
}

static const char *named(const offer_t *offer, ti_algs_t algs)
{
    const char *names = "";
    unsigned int bit;

    for (bit = 1; bit <= TI_ALG_EDDSA; bit <<= 1) {
        if ((algs & bit) != 0) {
            names =
                apr_pstrcat(offer->p, names, *names != '\0' ? ", " : "",
                            bit == TI_ALG_EDDSA && (algs & TI_ALGS_ED25519) != 0
                                ? TI_ALG_ED25519
                                : ti_alg_name((ti_alg_t)bit),
                            NULL);
        }
    }
    return names;
}
