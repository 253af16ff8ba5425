/* SPDX-License-Identifier: Apache-2.0
 *
 * The content of a JWE, which its tag authenticates with the header. RFC 7518
 * 5.2, 5.3.
 */
#ifndef TI_CONTENT_H
#define TI_CONTENT_H

#include "jose/compact.h"

/* Decrypt it into `p`, with a key of the size that the JWE's enc wants, which
 * is one of TI_ALGS_CONTENT. A NUL follows what comes out. Zero, whatever is
 * wrong: *plain is as it was, or wiped. Of CBC nothing is decrypted unless the
 * tag is right. */
int ti_content_open(ti_bytes_t *plain, const ti_compact_t *jwe,
                    const unsigned char *cek, apr_pool_t *p);

#endif
