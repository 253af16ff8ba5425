/* SPDX-License-Identifier: Apache-2.0
 *
 * The content encryption key of a JWE: how it came to us. RFC 7518 4.3, 4.6.
 */
#ifndef TI_CEK_H
#define TI_CEK_H

#include "jose/compact.h"
#include "jose/jwk.h"

/* Bytes of the longest: that of A256CBC-HS512. */
#define TI_CEK_SIZE_MAX 64

/* Find it with our private key, by the JWE's alg, into `cek` of the size that
 * its enc wants. Whatever goes wrong, the bytes are random ones then, and what
 * follows takes the same way: nobody learns from us where it failed (RFC 7516
 * 11.5). Zero only when there is no randomness. The caller wipes it. */
int ti_cek_find(unsigned char cek[TI_CEK_SIZE_MAX], const ti_compact_t *jwe,
                const ti_jwk_t *key, apr_pool_t *p);

#endif
