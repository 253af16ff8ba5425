/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared-memory table: a cache for all processes of one httpd, whose
 * readers take no lock. (The memory layout is drawn below.)
 */
#ifndef TI_TABLE_H
#define TI_TABLE_H

#include <apr_pools.h>
#include <apr_time.h>

#include "cache.h"

typedef struct ti_table_t ti_table_t;

/* What mod_status shows. Counted without locks; sums over all shards. */
typedef struct ti_table_stats_t {
    apr_uint64_t entries;   /* live now (expired ones included until evicted) */
    apr_uint64_t bytes;     /* of their records, without overhead */
    apr_uint64_t capacity;  /* bytes that records and overhead may fill */
    apr_uint64_t stores;
    apr_uint64_t evictions; /* of entries that had not expired */
    apr_uint64_t repairs;   /* shards mended after a writer died */
} ti_table_stats_t;

/* Make a table in `size` bytes at `memory` (zeroed, aligned to 64, shared
 * by all processes that fork later). `memory` must outlive `p`. The handle is
 * in `p`; several handles may be attached to one memory, one after another
 * or at once (old and new generation of a graceful restart).
 * APR_EINVAL when size is below TI_TABLE_SIZE_MIN. */
#define TI_TABLE_SIZE_MIN ((apr_size_t)1024 * 1024)
apr_status_t ti_table_create(ti_table_t **table, void *memory,
                             apr_size_t size, apr_pool_t *p);

/* Attach to memory in which ti_table_create has made a table. Everything in
 * it is taken for hostile: APR_EINVAL when it is not a table of this version
 * and size. */
apr_status_t ti_table_attach(ti_table_t **table, void *memory,
                             apr_size_t size, apr_pool_t *p);

/* The table as a cache; lives as long as the table's handle. */
ti_cache_t *ti_table_cache(ti_table_t *table);

/* Sum the counters. Never blocks. */
void ti_table_stats(const ti_table_t *table, ti_table_stats_t *stats);

#endif
