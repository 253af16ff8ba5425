/* SPDX-License-Identifier: Apache-2.0
 *
 * The strings of a claims record while it is written, and its last step: all
 * parts into one block. Until ti_writer_close, offsets are those that strings
 * would have in a record without values.
 */
#ifndef TI_WRITER_H
#define TI_WRITER_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "claims/claims.h"

typedef struct ti_writer_t {
    char *bytes;
    apr_size_t used; /* a header's size and a NUL at first */
    apr_size_t size;
    int contested; /* top-level members without a name for export, so far */
    apr_pool_t *p;
} ti_writer_t;

/* Begin, with room for `size` bytes; it grows as needed. */
void ti_writer_open(ti_writer_t *writer, apr_size_t size, apr_pool_t *p);

/* Append bytes and a NUL; returns their offset. */
apr_uint32_t ti_writer_text(ti_writer_t *writer, const char *text,
                            apr_size_t length);

/* Give a value its path. A member of the top level that needs no change to be
 * a variable, in small letters, has its name for export at once; `nested` ones
 * never have any. */
void ti_writer_path(ti_writer_t *writer, ti_value_t *value, const char *path,
                    apr_size_t length, int nested);

/* Give a value within an array its name. */
void ti_writer_name(ti_writer_t *writer, ti_value_t *value, const char *name,
                    apr_size_t length);

/* Where these bytes stand at or after offset `from`; appended when nowhere. */
apr_uint32_t ti_writer_find(ti_writer_t *writer, apr_size_t from,
                            const char *text, apr_size_t length);

/* No control characters (below 0x20, or DEL) in these bytes? */
int ti_writer_is_plain(const char *text, apr_size_t length);

/* Sort `entries` (ti_value_t), and give the other top-level members their names
 * for export: letters, digits and '_', everything else as '_'. Where two come
 * out alike (without regard to case), a member in small letters that needed no
 * change has the name, else one that needed none, else the first in order; the
 * others get none. */
void ti_writer_name_members(ti_writer_t *writer, apr_array_header_t *entries);

/* One block in `p`: header (times still zero), values, strings. */
ti_claims_t *ti_writer_close(const ti_writer_t *writer,
                             const apr_array_header_t *entries,
                             const apr_array_header_t *elements, apr_pool_t *p);

#endif
