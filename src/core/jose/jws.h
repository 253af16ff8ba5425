/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Web Signature in its compact form, RFC 7515.
 */
#ifndef TI_JWS_H
#define TI_JWS_H

#include "jose/jwks.h"
#include "jose/opened.h"

/* Verify `length` characters against these keys and algorithms and no other,
 * whatever its header says. Always fills *opened, in `p`. OpenSSL's error queue
 * stays as it was. */
void ti_jws_verify(ti_opened_t *opened, const char *text, apr_size_t length,
                   const ti_jwks_t *keys, ti_algs_t allowed, apr_pool_t *p);

/* Sign a payload: header with alg, typ ("JWT") and the key's kid, in `p`.
 * `name` is an IANA name, which the header has as it is. NULL when the key may
 * not sign with this algorithm, or OpenSSL fails. */
const char *ti_jws_sign_as(const ti_jwk_t *key, const char *name,
                           const char *typ, const ti_bytes_t *payload,
                           apr_pool_t *p);

/* The same by the algorithm's usual name. */
const char *ti_jws_sign(const ti_jwk_t *key, ti_alg_t alg, const char *typ,
                        const ti_bytes_t *payload, apr_pool_t *p);

#endif
