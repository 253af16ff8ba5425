/* SPDX-License-Identifier: Apache-2.0
 *
 * What we sign to prove who we are: client_secret_jwt and private_key_jwt.
 * RFC 7521 4.2, RFC 7523 2.2, OpenID Connect Core 9.
 */
#ifndef TI_ASSERTION_H
#define TI_ASSERTION_H

#include <apr_pools.h>
#include <apr_time.h>

#include "ask/method.h"
#include "jose/alg.h"

struct ti_jwk_t;
struct ti_jwks_t;

/* What each assertion of one client to one server has in common. Zero signs
 * nothing. It owns nothing. */
typedef struct ti_assertion_t {
    /* As set; NULL and TI_ALG_UNKNOWN: not set. */
    const struct ti_jwks_t *keys; /* ours */
    const char *public_keys;      /* their public halves as JSON, for others to
                                     read; with keys */
    ti_alg_t alg;                 /* else the key's first that is offered */
    const char *alg_name;         /* as it is written, which may be Ed25519 */
    const char *audience;         /* issuer, endpoint, token_endpoint, or what
                                     aud shall be */
    /* Made by ti_assertion_ready. */
    const struct ti_jwk_t *key;
    ti_alg_t signs;       /* with that */
    const char *signs_as; /* and its name: one that the server lists */
    const char *client_id;
    const char *aud; /* NULL: the endpoint that is asked */
    const char *why; /* it cannot be signed, or NULL */
} ti_assertion_t;

/* Who we are, and what is known of the server; NULL: not known. */
typedef struct ti_assertion_facts_t {
    ti_auth_t auth;
    const char *client_id;
    const char *client_secret;
    const char *issuer;
    const char *token_endpoint;
    int undiscovered;  /* nonzero: metadata have yet to say it */
    ti_algs_t offered; /* algorithms that the server lists, maybe with
                          TI_ALGS_ED25519 or TI_ALGS_EITHER; 0: not known */
} ti_assertion_facts_t;

/* What is set in `add`, else what is set in `base`. The algorithm belongs to
 * the method, which `add` sets itself where `has_method` is nonzero. */
void ti_assertion_merge(ti_assertion_t *merged, const ti_assertion_t *base,
                        const ti_assertion_t *add, int has_method);

/* Choose key, algorithm and audience; in `p`. Where that cannot be, ->why is a
 * sentence that says what to write. */
void ti_assertion_ready(ti_assertion_t *assertion,
                        const ti_assertion_facts_t *facts, apr_pool_t *p);

/* A new one for one exchange with this endpoint, in `p`: good for a minute
 * from `now`, which is of the wall clock. NULL: out of randomness, or OpenSSL
 * fails. */
const char *ti_assertion_write(const ti_assertion_t *assertion,
                               const char *endpoint, apr_time_t now,
                               apr_pool_t *p);

#endif
