/* SPDX-License-Identifier: Apache-2.0
 *
 * A set of keys, RFC 7517 5.
 */
#ifndef TI_JWKS_H
#define TI_JWKS_H

#include <apr_tables.h>

#include "jose/jwk.h"

/* More keys than this are not read: nobody rolls over that many. */
#define TI_JWKS_MAX 64

/* So many keys are tried at one signature or ciphertext. */
#define TI_JWKS_TRIES 8

/* Read-only once made; it lives in its pool. */
typedef struct ti_jwks_t {
    const apr_array_header_t *keys; /* of const ti_jwk_t * */
    const char *why; /* the first unusable key cannot be used; NULL: all can */
} ti_jwks_t;

/* What somebody wants a key for. */
typedef enum ti_jwks_purpose_t {
    TI_JWKS_VERIFY,
    TI_JWKS_SIGN,
    TI_JWKS_DECRYPT
} ti_jwks_purpose_t;

/* Read a set from JSON; keys that we cannot use are skipped, as RFC 7517 5
 * has it. NULL, with a sentence in *why (static), when it is no set. */
ti_jwks_t *ti_jwks_read(const char **why, const char *text, apr_size_t length,
                        apr_pool_t *p);

/* The same of an object of jansson's, in which private members are overwritten
 * in any case. */
ti_jwks_t *ti_jwks_of_object(const char **why, const struct json_t *object,
                             apr_pool_t *p);

/* Read what an administrator wrote: a set, one JWK, or a key in PEM. Each has
 * to be of use: NULL, with a sentence in *why, when one is not. Each has a kid
 * afterwards, unless it is symmetric (see ti_jwk_name). */
ti_jwks_t *ti_jwks_load(const char **why, const char *text, apr_size_t length,
                        apr_pool_t *p);

/* A set of one key. */
ti_jwks_t *ti_jwks_of_key(const ti_jwk_t *key, apr_pool_t *p);

/* The keys that may be used for this with that algorithm, in the set's order;
 * returns how many, TI_JWKS_TRIES at most. Where `kid` is not NULL, a key with
 * another kid is none of them; one that came without a kid is. */
int ti_jwks_find(const ti_jwk_t *found[TI_JWKS_TRIES], const ti_jwks_t *jwks,
                 ti_jwks_purpose_t purpose, ti_alg_t alg, const char *kid);

/* The set of the public halves as JSON, in `p`: never a symmetric key, never a
 * private member. */
const char *ti_jwks_public(const ti_jwks_t *jwks, apr_pool_t *p);

#endif
