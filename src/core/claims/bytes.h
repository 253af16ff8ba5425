/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes from elsewhere that ought to be a record.
 */
#ifndef TI_BYTES_H
#define TI_BYTES_H

#include <apr.h>

/* Is this block of `size` bytes, aligned to 8, a record that can be read
 * without ever leaving it? For blocks that come out of a store which others
 * can write to. */
int ti_bytes_are_record(const void *block, apr_size_t size);

#endif
