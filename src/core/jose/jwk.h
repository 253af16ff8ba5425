/* SPDX-License-Identifier: Apache-2.0
 *
 * One key, and all that it may be used for. RFC 7517.
 */
#ifndef TI_JWK_H
#define TI_JWK_H

#include <apr_pools.h>

#include "jose/base64url.h"
#include "jose/binding.h"

/* Read-only once made; it lives in its pool, and is wiped with it. */
typedef struct ti_jwk_t {
    struct evp_pkey_st *pkey; /* NULL: symmetric */
    ti_bytes_t secret;        /* of a symmetric one */
    const char *kid;          /* or NULL */
    int unnamed; /* nonzero: its kid is our thumbprint of it; others may know it
                    by another name */
    ti_binding_t may;
} ti_jwk_t;

/* The key of a JWK, as text or as an object of jansson's. NULL, with a sentence
 * in *why (static, without anything of the key), when it is none of ours, weak,
 * or off its curve. Its private members are overwritten in the object, which
 * lives as long as `p`; the text is the caller's to wipe. */
ti_jwk_t *ti_jwk_read(const char **why, const char *text, apr_size_t length,
                      apr_pool_t *p);
ti_jwk_t *ti_jwk_of_object(const char **why, const struct json_t *object,
                           apr_pool_t *p);

/* The key of a PEM text: a private key without a passphrase, or a public key.
 * It has no kid. */
ti_jwk_t *ti_jwk_of_pem(const char **why, const char *text, apr_size_t length,
                        apr_pool_t *p);

/* A symmetric key for HMAC: a client's secret (OpenID Connect Core 10.1). The
 * bytes are copied. NULL when they are too short for any. */
ti_jwk_t *ti_jwk_of_secret(const void *bytes, apr_size_t size, apr_pool_t *p);

/* The SHA-256 thumbprint of RFC 7638, in base64url, in `p`. NULL for a
 * symmetric key, whose thumbprint would help to guess it (7). */
const char *ti_jwk_thumbprint(const ti_jwk_t *key, apr_pool_t *p);

/* Give an asymmetric key without a kid its thumbprint as such, in `p`: the name
 * under which ti_jwk_public publishes it. */
void ti_jwk_name(ti_jwk_t *key, apr_pool_t *p);

/* Its public half as JSON, with its kid, or its thumbprint where it has none;
 * in `p`. NULL for a symmetric key, which has none. */
const char *ti_jwk_public(const ti_jwk_t *key, apr_pool_t *p);

#endif
