/* SPDX-License-Identifier: Apache-2.0
 *
 * base64url without padding, read strictly. RFC 7515 2, RFC 4648 5.
 */
#ifndef TI_BASE64URL_H
#define TI_BASE64URL_H

#include <apr_pools.h>

/* A block of bytes; whoever made it says who owns it. */
typedef struct ti_bytes_t {
    unsigned char *data;
    apr_size_t size;
} ti_bytes_t;

/* Read `length` characters into *bytes, in `p`, with a NUL behind the last
 * byte. Nonzero when all of them are of the alphabet and no other text means
 * the same bytes: no padding, no white space, no bits left over. */
int ti_base64url_read(ti_bytes_t *bytes, const char *text, apr_size_t length,
                      apr_pool_t *p);

/* Overwrite them; nothing where there are none. */
void ti_bytes_wipe(ti_bytes_t *bytes);

/* Write bytes as text, in `p`. */
const char *ti_base64url_write(const void *bytes, apr_size_t size,
                               apr_pool_t *p);

#endif
