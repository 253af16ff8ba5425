/* SPDX-License-Identifier: Apache-2.0
 *
 * The strings of a claims record while it is written, and its last step: all
 * parts into one block. Offsets count from the strings' start until
 * ti_writer_close moves them to the record's.
 */
#ifndef TI_WRITER_H
#define TI_WRITER_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "claims/claims.h"

typedef struct ti_writer_t {
    char *bytes;
    apr_size_t used; /* offset 0 is a NUL of its own: "none" */
    apr_size_t size;
    apr_pool_t *p;
} ti_writer_t;

/* Begin, with room for `size` bytes; it grows as needed. */
void ti_writer_open(ti_writer_t *writer, apr_size_t size, apr_pool_t *p);

/* Append bytes and a NUL; returns their offset. */
apr_uint32_t ti_writer_text(ti_writer_t *writer, const char *text,
                            apr_size_t length);

/* A member's path. With `prefixed`, TI_CLAIMS_PREFIX stands in front of it:
 * the same bytes can then be its name for export. Returns the path's offset. */
apr_uint32_t ti_writer_name(ti_writer_t *writer, const char *path,
                            int prefixed);

/* Where these bytes stand at or after offset `from`; appended when nowhere. */
apr_uint32_t ti_writer_find(ti_writer_t *writer, apr_size_t from,
                            const char *text, apr_size_t length);

/* The bytes at an offset; good until the next append. */
const char *ti_writer_at(const ti_writer_t *writer, apr_uint32_t offset);

/* No control characters (below 0x20, or DEL) in these bytes? */
int ti_writer_is_plain(const char *text, apr_size_t length);

/* Give the top-level members of `entries` (ti_value_t) their names for
 * export: letters, digits and '_', everything else as '_'. Where two come out
 * alike (without regard to case), a member in small letters that needed no
 * change has the name, else one that needed none, else the first in order; the
 * others get none. Sorts `entries`. */
void ti_writer_name_variables(ti_writer_t *writer, apr_array_header_t *entries);

/* One block in `p`: header (times still zero), values, strings. */
ti_claims_t *ti_writer_close(const ti_writer_t *writer,
                             const apr_array_header_t *entries,
                             const apr_array_header_t *elements, apr_pool_t *p);

#endif
