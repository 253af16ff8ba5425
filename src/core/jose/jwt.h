/* SPDX-License-Identifier: Apache-2.0
 *
 * A JSON Web Token that we write ourselves, RFC 7519.
 */
#ifndef TI_JWT_H
#define TI_JWT_H

#include <apr_time.h>

#include "jose/jwk.h"

/* Its claims; the caller owns the strings. */
typedef struct ti_jwt_t {
    const char *issuer;
    const char *subject;
    const char *audience;
    const char *id;     /* jti */
    apr_time_t issued;  /* iat; by the wall clock, as the next */
    apr_time_t expires; /* exp */
} ti_jwt_t;

/* Write and sign it by this IANA name of an algorithm, in `p`. NULL when a
 * claim is not UTF-8, the key may not sign with this algorithm, or OpenSSL
 * fails. */
const char *ti_jwt_sign(const ti_jwt_t *jwt, const ti_jwk_t *key,
                        const char *alg, apr_pool_t *p);

#endif
