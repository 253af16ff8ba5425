/* SPDX-License-Identifier: Apache-2.0
 *
 * What one key may be used for, by its type and size, and by what its JWK
 * says: a key is used for no other algorithm. RFC 7517 4, RFC 8725 3.1.
 */
#ifndef TI_BINDING_H
#define TI_BINDING_H

#include <apr_pools.h>

#include "jose/alg.h"

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */
struct json_t;

/* Zero allows nothing. */
typedef struct ti_binding_t {
    ti_algs_t verify;
    ti_algs_t sign;
    ti_algs_t decrypt;
} ti_binding_t;

/* Bind an asymmetric key by its type, size and curve. NULL, or a sentence: it
 * is weak, of no type that we know, or its halves do not belong together. */
const char *ti_binding_of_key(ti_binding_t *binding, struct evp_pkey_st *pkey,
                              int is_private);

/* Bind a symmetric key by its size in bytes: RFC 7518 3.2 wants one that is as
 * long as the hash, or longer. */
void ti_binding_of_secret(ti_binding_t *binding, apr_size_t size);

/* Narrow it to the use, key_ops and alg of a JWK, where it has them. NULL, or
 * a sentence: one of them has another type. */
const char *ti_binding_narrow(ti_binding_t *binding, const struct json_t *jwk);

#endif
