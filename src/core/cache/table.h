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
 * A ring is drawn in ring.h, a cell of it in cell.h. Everything about where
 * things lie follows from the size alone; nothing of it is read back.
 *
 * Both rings of a key lie under one lock, so that a decision and its opposite
 * change places in one step for writers. Readers find a key's newest cell,
 * copy it and then see by its check whether the copy is whole. When a reader
 * finds nothing, the shard's sequence tells whether a writer was at work then;
 * then it looks again.
 *
 * Room is given up at the tail of a ring, oldest first; what somebody read
 * since it was written is carried to the head instead, once per reading. So a
 * ring loses what nobody asks for. A writer that is killed loses the cell it
 * was writing or carrying; the next one under its lock repairs the index.
 */
#ifndef TI_TABLE_H
#define TI_TABLE_H

#include <apr_pools.h>
#include <apr_time.h>

#include "cache/cache.h"
#include "cache/layout.h"

typedef struct ti_table_t ti_table_t;

/* What mod_status shows. Counted without locks; sums over all shards. */
typedef struct ti_table_stats_t {
    apr_uint64_t entries;  /* live now (expired ones included until evicted) */
    apr_uint64_t bytes;    /* of their records, without overhead */
    apr_uint64_t capacity; /* bytes that records and overhead may fill */
    apr_uint64_t stores;
    apr_uint64_t evictions; /* of entries that had not expired */
    apr_uint64_t repairs;   /* shards repaired after a writer died */
    apr_uint64_t ages[TI_RING_AGES + 2]; /* of what was evicted, layout.h */
} ti_table_stats_t;

/* What is kept apart: active answers with documents, and inactive ones. */
typedef enum ti_space_t {
    TI_SPACE_ACTIVE = 0,
    TI_SPACE_INACTIVE,
    TI_SPACES
} ti_space_t;

/* Make a table in `size` bytes at `memory` (zeroed, aligned to 64, shared
 * by all processes that fork later). `memory` must outlive `p`. The handle is
 * in `p`; several handles may be attached to one memory, one after another
 * or at once (old and new generation of a graceful restart).
 * APR_EINVAL when size is below TI_TABLE_SIZE_MIN, or memory not aligned. */
#define TI_TABLE_SIZE_MIN ((apr_size_t)1024 * 1024)
apr_status_t ti_table_create(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p);

/* Attach to memory in which ti_table_create has made a table. Everything in
 * it is taken for hostile: APR_EINVAL when it is not a table of this version
 * and size. */
apr_status_t ti_table_attach(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p);

/* The table as a cache; lives as long as the table's handle, which all threads
 * and forks may use. Its store fails with APR_ENOSPC above TI_ENTRY_MAX,
 * APR_EEXIST below a newer answer, APR_EINVAL for what is no entry, APR_TIMEUP
 * when a stopped process holds the lock; what was remembered before then stays.
 */
ti_cache_t *ti_table_cache(ti_table_t *table);

/* Sum the counters of one space; of all. Never blocks. */
void ti_table_space(const ti_table_t *table, ti_space_t space,
                    ti_table_stats_t *stats);
void ti_table_stats(const ti_table_t *table, ti_table_stats_t *stats);

#endif
