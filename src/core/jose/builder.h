/* SPDX-License-Identifier: Apache-2.0
 *
 * An OpenSSL key while it is built of the members of a JWK. Its numbers are of
 * OpenSSL's "secure" kind: they are cleared when they are freed, and so is what
 * is built of them.
 */
#ifndef TI_BUILDER_H
#define TI_BUILDER_H

#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <apr_pools.h>

/* Bits, and bytes with a leading zero, of the largest number that a key is made
 * of: the modulus of RSA. */
#define TI_BUILDER_BITS_MAX 8192
#define TI_BUILDER_NUMBER_MAX (TI_BUILDER_BITS_MAX / 8 + 1)

/* Begun with jwk, pool and params (OSSL_PARAM_BLD_new) set. */
typedef struct ti_builder_t {
    const json_t *jwk;
    apr_pool_t *p;
    OSSL_PARAM_BLD *params;
    BIGNUM *numbers[8];
    int count;
} ti_builder_t;

/* Add the member of this name, a number in base64url, as this parameter of
 * OpenSSL's. Zero: it is missing, or none. */
int ti_builder_add(ti_builder_t *builder, const char *name, const char *param);

/* Build a key of OpenSSL's type `type`, and free all that it is built of. NULL:
 * it is none, or `type` is NULL. The caller frees the key. */
EVP_PKEY *ti_builder_finish(ti_builder_t *builder, const char *type,
                            int is_private);

#endif
