/* SPDX-License-Identifier: Apache-2.0
 *
 * One remembered answer in shared memory. A keyed checksum makes a copy
 * trustworthy that was taken without a lock. Requires a 64-bit machine.
 */
#ifndef TI_CELL_H
#define TI_CELL_H

#include <apr_pools.h>

#include "base/atomic.h"
#include "base/key.h"
#include "cache/cache.h"
#include "cache/checksum.h"

#define TI_CELL_WORDS (TI_KEY_SIZE / 8) /* of a key */

/* The header. The entry's bytes follow, padded with zeros to whole words.
 *
 *      0 +---------+------+------+
 *        | check   | next | span |  check does not cover next
 *     16 +---------+------+------+
 *        | answered| expires     |
 *     32 +---------+-------------+
 *        | key                   |
 *     64 +-----------------------+
 *        | bytes                 |
 *        +-----------------------+  64 + size, rounded up to 8
 */
typedef struct ti_cell_t {
    apr_uint64_t check; /* keyed checksum of all that follows, except next */
    apr_uint32_t next;  /* offset of the next cell in the bucket, set by the
                           index */
    apr_uint32_t span;  /* ti_kind_t in the upper 8 bits, size below;
                           TI_KIND_NONE: a hole, dead or never used */
    apr_time_t answered;
    apr_time_t expires;
    apr_uint64_t key[TI_CELL_WORDS];
} ti_cell_t;

/* Lengths in rings are counted in units of 8 bytes. */
#define TI_CELL_UNITS ((apr_uint32_t)(sizeof(ti_cell_t) / 8))

/* One search for a key. The caller zeroes it; the search allocates `buffer`. */
typedef struct ti_search_t {
    apr_uint64_t key[TI_CELL_WORDS];
    apr_time_t now;
    apr_pool_t *p;
    void *buffer;
    apr_size_t size;
} ti_search_t;

/* Make the image of a cell in `p`, with its checksum, to be copied into a
 * ring. */
const ti_cell_t *ti_cell_make(const ti_key_t *key, const ti_entry_t *entry,
                              const ti_checksum_t *checksum, apr_pool_t *p);

/* Copy a cell out of memory that may change at any time. `room`: bytes that may
 * be read after the header. Nonzero: the copy is whole, has the key of the
 * search and has not expired, and *entry is filled; its bytes are in the
 * search's pool. */
int ti_cell_read(ti_entry_t *entry, const ti_cell_t *cell, apr_size_t room,
                 ti_search_t *search, const ti_checksum_t *checksum);

/* Does a cell match its checksum? Only under the lock: a writer may not be
 * active. */
int ti_cell_whole(const ti_cell_t *cell, const ti_checksum_t *checksum);

/* The parts of a span, and the length in units of a cell with this span. */
static inline ti_kind_t ti_cell_kind(apr_uint32_t span)
{
    return (ti_kind_t)(span >> 24);
}

static inline apr_size_t ti_cell_size(apr_uint32_t span)
{
    return span & 0xffffff;
}

static inline apr_uint32_t ti_cell_units(apr_uint32_t span)
{
    return TI_CELL_UNITS + (apr_uint32_t)((ti_cell_size(span) + 7) / 8);
}

#endif
