/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures and MACs over bytes. RFC 7518 3, RFC 8037 3.1.
 */
#ifndef TI_SIGNATURE_H
#define TI_SIGNATURE_H

#include "jose/jwk.h"

/* Make one, in `p`. Zero when the key may not sign with this algorithm, or
 * OpenSSL fails. */
int ti_signature_make(ti_bytes_t *signature, const ti_jwk_t *key, ti_alg_t alg,
                      const ti_bytes_t *text, apr_pool_t *p);

/* Is this the signature of the text by the key? Zero also when the key may not
 * verify with this algorithm. A MAC is compared in constant time. */
int ti_signature_good(const ti_bytes_t *signature, const ti_jwk_t *key,
                      ti_alg_t alg, const ti_bytes_t *text);

#endif
