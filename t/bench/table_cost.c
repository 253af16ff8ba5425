/* SPDX-License-Identifier: Apache-2.0
 *
 * The cost of a hit by the number of entries: table_cost ENTRIES. Fills the
 * table, then looks up random entries. Prints the nanoseconds of one look-up;
 * callgrind with --toggle-collect=look_up counts the instructions.
 */
#include "entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <apr_general.h>

#define HITS 20000
#define RECORD 972 /* bytes of a record of 22 claims */
#define ROOM 1280  /* bytes of the table for each record */

static ti_table_t *make_table(apr_uint64_t entries, apr_pool_t *p);
static apr_uint64_t look_up(ti_table_t *table, apr_uint64_t entries,
                            apr_pool_t *p);

int main(int argc, char **argv)
{
    apr_uint64_t entries = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    ti_table_t *table;
    apr_pool_t *pool;
    apr_pool_t *scratch;
    apr_uint64_t found;
    apr_time_t start;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    apr_pool_create(&scratch, pool);
    table = entries > 0 ? make_table(entries, pool) : NULL;
    if (table == NULL) {
        fprintf(stderr, "usage: table_cost ENTRIES, with memory for them\n");
        return EXIT_FAILURE;
    }

    look_up(table, entries, scratch);
    start = apr_time_now();
    found = look_up(table, entries, scratch);
    printf("%.0f\n", (double)(apr_time_now() - start) * 1000.0 / HITS);
    return found == HITS ? EXIT_SUCCESS : EXIT_FAILURE;
}

static ti_table_t *make_table(apr_uint64_t entries, apr_pool_t *p)
{
    apr_size_t size = (apr_size_t)entries * ROOM + 16 * MIB;
    void *memory = shared_memory(size);
    ti_table_t *table;
    apr_pool_t *scratch;
    apr_uint64_t n;

    if (memory == NULL || ti_table_create(&table, memory, size, p) != 0) {
        return NULL;
    }

    apr_pool_create(&scratch, p);
    for (n = 0; n < entries; n++) {
        if (put(table, n, 0, RECORD, scratch) != APR_SUCCESS) {
            return NULL;
        }
        apr_pool_clear(scratch);
    }
    return table;
}

/* The number of entries found, of HITS random ones. */
__attribute__((noinline)) static apr_uint64_t look_up(ti_table_t *table,
                                                      apr_uint64_t entries,
                                                      apr_pool_t *p)
{
    apr_uint64_t state = 1;
    apr_uint64_t found = 0;
    ti_entry_t entry;
    int i;

    for (i = 0; i < HITS; i++) {
        state = state * APR_UINT64_C(6364136223846793005) + 1442695040888963407;
        if (get(&entry, table, (state >> 33) % entries, p) == APR_SUCCESS) {
            found++;
        }
        apr_pool_clear(p);
    }
    return found;
}
