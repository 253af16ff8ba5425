/* SPDX-License-Identifier: Apache-2.0
 *
 * The rig in a Check suite: a table in memory of its exact size.
 */
#ifndef T_TABLE_H
#define T_TABLE_H

#include "entries.h"
#include "tap.h"

static void *memory;
static apr_size_t memory_size;
static ti_table_t *table;

static void table_open(apr_size_t size)
{
    memory_size = size;
    ck_assert_int_eq(posix_memalign(&memory, 64, size), 0);
    memset(memory, 0, size);
    ck_assert_int_eq(ti_table_create(&table, memory, size, pool), APR_SUCCESS);
}

static inline void small_open(void)
{
    pool_open();
    table_open(TI_TABLE_SIZE_MIN);
}

static inline void table_close(void)
{
    free(memory);
    pool_close();
}

static inline void store_all(apr_uint64_t from, apr_uint64_t to,
                             apr_size_t size)
{
    apr_pool_t *p;
    apr_uint64_t n;

    apr_pool_create(&p, pool);
    for (n = from; n < to; n++) {
        ck_assert_int_eq(put(table, n, 0, size, p), APR_SUCCESS);
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
}

/* How many of these are found; each that is, must be right. */
static inline apr_uint64_t count_found(apr_uint64_t from, apr_uint64_t to,
                                       apr_size_t size)
{
    apr_uint64_t found = 0;
    ti_entry_t entry;
    apr_pool_t *p;
    apr_uint64_t n;

    apr_pool_create(&p, pool);
    for (n = from; n < to; n++) {
        if (get(&entry, table, n, p) == APR_SUCCESS) {
            ck_assert(holds(&entry, size, n, 0));
            found++;
        }
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    return found;
}

static inline ti_table_stats_t stats_now(void)
{
    ti_table_stats_t stats;

    ti_table_stats(table, &stats);
    return stats;
}

#endif
