/* SPDX-License-Identifier: Apache-2.0
 *
 * How many answers a table holds: the figures of docs/operations.md.
 *
 * Not under valgrind: it would take a minute.
 */
#include "entries.h"
#include "tap.h"

#define SIZE (32 * MIB)

/* Store more than there is room for; how many are there then. */
static apr_uint64_t entries_of(ti_kind_t kind, apr_size_t size)
{
    ti_table_stats_t stats = {0};
    ti_table_t *table;
    ti_entry_t entry = {0};
    apr_pool_t *scratch;
    apr_uint64_t n;

    ck_assert_int_eq(ti_table_create(&table, shared_memory(SIZE), SIZE, pool),
                     APR_SUCCESS);
    apr_pool_create(&scratch, pool);
    entry.kind = kind;
    entry.answered = NOW;
    entry.expires = NOW + apr_time_from_sec(3600);
    entry.size = size;
    entry.bytes = apr_pcalloc(pool, size + 1);
    for (n = 0; n < 100000; n++) {
        ti_cache_t *cache = ti_table_cache(table);
        ti_key_t key;

        ti_key_digest(&key, &n, sizeof(n));
        cache->store(cache, &key, &entry, NOW, scratch);
        apr_pool_clear(scratch);
    }
    ti_table_stats(table, &stats);
    return stats.entries;
}

START_TEST(the_usual_table_holds_what_the_documents_say)
{
    apr_uint64_t small = entries_of(TI_KIND_CLAIMS, 650);
    apr_uint64_t large = entries_of(TI_KIND_CLAIMS, 1900);
    apr_uint64_t inactive = entries_of(TI_KIND_INACTIVE, 0);

    ck_assert_msg(small > 39000 && small < 42000, "%d", (int)small);
    ck_assert_msg(large > 14000 && large < 15500, "%d", (int)large);
    ck_assert_msg(inactive > 60000 && inactive < 66000, "%d", (int)inactive);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("table_room");
    TCase *one = tcase_create("table_room");

    tcase_set_timeout(one, 60);
    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, the_usual_table_holds_what_the_documents_say);
    suite_add_tcase(all, one);
    return all;
}
