/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared-memory table: a cache for all processes of one httpd, whose
 * readers take no lock and make no system call.
 *
 *      0 +--------------------+   +--> +--------------------+
 *        | header             |   |    | lock               |
 *     64 +--------------------+   |    +--------------------+ 64
 *        | shard 0            | --+    | sequence           |
 *        +--------------------+        +--------------------+ 128
 *        | shard 1            |        | positive ring, 7/8 | claims,
 *        +--------------------+        |                    | documents
 *        |  ... a power of 2  |        +--------------------+
 *        +--------------------+        | negative ring, 1/8 | "inactive"
 *        | less than 64 each  |        +--------------------+
 *        +--------------------+ size
 *
 * layout.h draws a ring, cell.h a cell. The layout follows from the size alone
 * and is never read from the memory.
 *
 * One lock covers both rings of a key, so to other writers an answer and its
 * opposite change places in one step. A reader finds the newest cell of a key,
 * copies it, and its checksum says whether the copy is whole. After a miss the
 * shard's sequence (a seqlock) says whether a writer was active; then the
 * reader tries again.
 *
 * Cells are evicted at the tail of a ring, oldest first. A cell that was read
 * since it was written returns to the head instead, so a ring loses the entries
 * that no request uses. A writer that is killed loses the cell that it was
 * writing or carrying; the next writer repairs the index.
 */
#ifndef TI_TABLE_H
#define TI_TABLE_H

#include <apr_pools.h>
#include <apr_time.h>

#include "cache/cache.h"
#include "cache/layout.h"

typedef struct ti_table_t ti_table_t;

/* Counters for metrics and status pages: sums over all shards, read without
 * locks. */
typedef struct ti_table_stats_t {
    apr_uint64_t entries;  /* present now, expired ones too until evicted */
    apr_uint64_t bytes;    /* of their records, without overhead */
    apr_uint64_t capacity; /* bytes that records and overhead may fill */
    apr_uint64_t stores;
    apr_uint64_t evictions; /* of entries that had not expired */
    apr_uint64_t repairs;   /* after a writer died, or of a damaged ring */
    apr_uint64_t ages[TI_RING_AGES + 2]; /* at eviction, see layout.h */
} ti_table_stats_t;

/* The separate spaces: active answers and documents, inactive answers. */
typedef enum ti_space_t {
    TI_SPACE_ACTIVE = 0,
    TI_SPACE_INACTIVE,
    TI_SPACES
} ti_space_t;

/* Make a table in `size` bytes at `memory`, which is zeroed, aligned to 64 and
 * shared with processes that fork later. `memory` must outlive `p`, which holds
 * the handle. One memory can have several handles, one after another or at once
 * (the old and the new generation of a graceful restart). APR_EINVAL: `size` is
 * below TI_TABLE_SIZE_MIN, or `memory` is not aligned. */
#define TI_TABLE_SIZE_MIN ((apr_size_t)1024 * 1024)
apr_status_t ti_table_create(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p);

/* Attach to memory in which ti_table_create has made a table. Its content is
 * not trusted: APR_EINVAL if it is no table of this version and size. */
apr_status_t ti_table_attach(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p);

/* The table as a cache, for all threads and forks. It lives as long as the
 * table's handle. Errors of its store, each of which leaves the old entry:
 * APR_ENOSPC: above TI_ENTRY_MAX or too large for a ring; APR_EEXIST: there is
 * a newer answer; APR_EINVAL: no valid entry; APR_TIMEUP: a stopped process
 * holds the lock. */
ti_cache_t *ti_table_cache(ti_table_t *table);

/* The counters of one space, and of all spaces. Never blocks. */
void ti_table_space(const ti_table_t *table, ti_space_t space,
                    ti_table_stats_t *stats);
void ti_table_stats(const ti_table_t *table, ti_table_stats_t *stats);

#endif
