/* SPDX-License-Identifier: Apache-2.0
 *
 * The validity of a record that comes from elsewhere.
 */
#ifndef TI_VALIDITY_H
#define TI_VALIDITY_H

#include <apr.h>

/* Is this block of `size` bytes, aligned to 8, a record that can be read
 * without ever leaving it? For blocks that come out of a store which others
 * can write to. */
int ti_validity_check(const void *block, apr_size_t size);

#endif
