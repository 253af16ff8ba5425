/* SPDX-License-Identifier: Apache-2.0
 *
 * The curves that we know: those of RFC 7518 6.2.1.1 and of RFC 8037 2 that
 * are in use.
 */
#ifndef TI_CURVE_H
#define TI_CURVE_H

#include <jansson.h>
#include <openssl/evp.h>

#include "jose/alg.h"

/* Bytes of the longest coordinate, that of P-521. */
#define TI_CURVE_SIZE_MAX 66

typedef struct ti_curve_t {
    const char *kty;
    const char *crv;
    const char *group; /* OpenSSL's name of the group, or of the key's type */
    apr_size_t size;   /* of a coordinate, bytes */
    ti_algs_t algs;    /* what a key on it is for */
} ti_curve_t;

/* The curve that a JWK of this kty names; NULL: none that we know. */
const ti_curve_t *ti_curve_named(const json_t *jwk, const char *kty);

/* The curve of a key; NULL: it has none that we know by name. */
const ti_curve_t *ti_curve_of(const EVP_PKEY *pkey);

#endif
