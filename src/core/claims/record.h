/* SPDX-License-Identifier: Apache-2.0
 *
 * What the writer of a record (compile.c) and its reader (claims.c) both know.
 */
#ifndef TI_RECORD_H
#define TI_RECORD_H

#include <string.h>

#include <apr.h>

/* Names format and version: a record of another version is not read. */
#define TI_RECORD_MAGIC 0x54494303u

/* The order of paths: shorter first, then by bytes. Cheap to compare. */
static inline int ti_record_order(const char *one, apr_size_t one_length,
                                  const char *other, apr_size_t other_length)
{
    if (one_length != other_length) {
        return one_length < other_length ? -1 : 1;
    }
    return memcmp(one, other, one_length);
}

#endif
