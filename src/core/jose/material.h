/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers of an asymmetric key: between the members of a JWK and what
 * OpenSSL makes of them. RFC 7518 6, RFC 8037 2.
 */
#ifndef TI_MATERIAL_H
#define TI_MATERIAL_H

#include <jansson.h>
#include <openssl/evp.h>
#include <apr_pools.h>

#include "jose/builder.h"

/* RSA below is weak; above, one signature would cost what many should. */
#define TI_MATERIAL_RSA_MIN 2048
#define TI_MATERIAL_RSA_MAX TI_BUILDER_BITS_MAX

/* Make a key of a JWK's members; *is_private says whether it can sign and
 * decrypt. NULL, with a sentence in *why (static), when one is missing or
 * wrong: a point that is not on its curve, an RSA key of another size. The
 * caller frees it. `p` is for scratch, wiped. */
EVP_PKEY *ti_material_read(const char **why, int *is_private, const json_t *jwk,
                           apr_pool_t *p);

/* The public members that name a key, those of its thumbprint (RFC 7638 3.2),
 * as a new reference; NULL when it is no key of ours. */
json_t *ti_material_write(const EVP_PKEY *pkey, apr_pool_t *p);

/* Is this an RSA key of a good size and exponent? NULL, or why not. */
const char *ti_material_rsa_complaint(const EVP_PKEY *pkey);

#endif
