/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Web Encryption in its compact form, RFC 7516: what others encrypted
 * for us. We encrypt nothing.
 */
#ifndef TI_JWE_H
#define TI_JWE_H

#include "jose/jwks.h"
#include "jose/opened.h"

/* Decrypt `length` characters with one of our keys, by algorithms that are in
 * `allowed`: one for the key (TI_ALGS_ENCRYPTION) and one for the content
 * (TI_ALGS_CONTENT). Always fills *opened, in `p`. All failures after its
 * header was read look alike. OpenSSL's error queue stays as it was. */
void ti_jwe_decrypt(ti_opened_t *opened, const char *text, apr_size_t length,
                    const ti_jwks_t *keys, ti_algs_t allowed, apr_pool_t *p);

#endif
