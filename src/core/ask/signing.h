/* SPDX-License-Identifier: Apache-2.0
 *
 * How an authorization server has to sign its answers: RFC 9701.
 */
#ifndef TI_SIGNING_H
#define TI_SIGNING_H

#include <apr_pools.h>

#include "jose/alg.h"

struct ti_claims_t;

typedef enum ti_signing_form_t {
    TI_SIGNING_UNSET = 0, /* not at all, as with: */
    TI_SIGNING_OFF,
    TI_SIGNING_RFC9701, /* application/token-introspection+jwt */
    TI_SIGNING_BARE     /* application/jwt: the claims alone, also within JSON
                           (Curity, Keycloak) */
} ti_signing_form_t;

/* Settings; zero: nothing is set. It owns nothing. */
typedef struct ti_signing_t {
    /* As set. */
    ti_signing_form_t form;
    const char *issuer;   /* iss of what is signed; NULL: the server's */
    const char *audience; /* what aud has to hold, or "any"; NULL: our client
                             id; of a bare one, any */
    ti_algs_t algs;       /* those allowed; 0: what metadata say, else all */
    /* Made by ti_signing_ready. */
    const char *iss; /* NULL: not known */
    const char *aud; /* NULL: any */
} ti_signing_t;

/* What is set in `add`, else what is set in `base`; where `add` is `another`
 * server, who signs and what we are called there is not inherited. */
void ti_signing_merge(ti_signing_t *merged, const ti_signing_t *base,
                      const ti_signing_t *add, int another);

/* Fill in who signs, and whom for, by what is known of the server: its issuer
 * and our client id, or NULL. */
void ti_signing_ready(ti_signing_t *signing, const char *issuer,
                      const char *client_id);

/* Do answers have to be signed? */
int ti_signing_is_on(const ti_signing_t *signing);

/* If so: the media type that is accepted, and the algorithms. */
const char *ti_signing_accept(const ti_signing_t *signing);
ti_algs_t ti_signing_algs(const ti_signing_t *signing);

/* Take the algorithms that metadata name, where none are set: RFC 9701 7,
 * introspection_signing_alg_values_supported. `has_keys`: a key set is known.
 * NULL, or why no answer can be verified, a sentence (static), and *signing is
 * as it was. */
const char *ti_signing_discover(ti_signing_t *signing,
                                const struct ti_claims_t *metadata,
                                int has_keys);

/* Can answers be verified as the configuration has it? `has_keys`: it says
 * where they are. NULL, or a complaint (static) that says which directive to
 * write. For one that is ready. */
const char *ti_signing_complaint(const ti_signing_t *signing, int has_keys);

#endif
