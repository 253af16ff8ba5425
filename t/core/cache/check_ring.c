/* SPDX-License-Identifier: Apache-2.0
 *
 * What stays and what goes when the table is full, and what an entry costs.
 *
 * Under ThreadSanitizer too.
 */
#include "table.h"

/* Store so many of one size that the ring of claims has gone round twice. */
static apr_uint64_t overfill(apr_size_t size)
{
    apr_uint64_t count = 2 * memory_size / size;

    store_all(0, count, size);
    return count;
}

START_TEST(a_full_table_gives_up_the_oldest_entries)
{
    apr_uint64_t count = overfill(1024);
    apr_uint64_t kept = stats_now().entries;

    ck_assert_uint_gt(kept, 700);
    ck_assert_uint_eq(count_found(0, count, 1024), kept);
    ck_assert_uint_eq(count_found(count - kept, count, 1024), kept);
    ck_assert_uint_eq(stats_now().evictions, count - kept);
    ck_assert_uint_eq(stats_now().bytes, kept * 1024);
}
END_TEST

START_TEST(giving_up_what_has_expired_is_no_eviction)
{
    ti_cache_t *cache = ti_table_cache(table);
    ti_entry_t entry = {0};
    apr_uint64_t i;

    entry.kind = TI_KIND_CLAIMS;
    entry.bytes = apr_pcalloc(pool, 1024);
    entry.size = 1024;
    for (i = 0; i < 3000; i++) {
        ti_key_t key = key_of(i);

        entry.answered = NOW + (apr_time_t)i * 100;
        entry.expires = entry.answered + 50;
        ck_assert_int_eq(
            cache->store(cache, &key, &entry, entry.answered, pool), 0);
    }
    ck_assert_uint_eq(stats_now().evictions, 0);
    ck_assert_uint_lt(stats_now().entries, 900);
}
END_TEST

START_TEST(an_entry_read_now_and_then_survives_100000_other_stores)
{
    apr_uint64_t n;

    store_all(0, 1, 1000);
    for (n = 1; n < 100000; n += 500) {
        ck_assert_uint_eq(count_found(0, 1, 1000), 1);
        store_all(n, n + 500, 1000);
    }
    ck_assert_uint_eq(count_found(0, 1, 1000), 1);
}
END_TEST

START_TEST(an_entry_that_nobody_reads_goes_with_its_age)
{
    store_all(0, 1, 1000);
    store_all(1, 1000, 1000);
    ck_assert_uint_eq(count_found(0, 1, 1000), 0);
}
END_TEST

START_TEST(being_read_once_is_no_place_for_ever)
{
    store_all(0, 1, 1000);
    ck_assert_uint_eq(count_found(0, 1, 1000), 1);
    store_all(1, 3000, 1000);
    ck_assert_uint_eq(count_found(0, 1, 1000), 0);
}
END_TEST

START_TEST(stores_succeed_although_everything_is_in_use)
{
    apr_uint64_t n;

    for (n = 0; n < 5000; n++) {
        store_all(n, n + 1, 1000);
        ck_assert_uint_eq(count_found(n, n + 1, 1000), 1);
    }
    ck_assert_uint_gt(count_found(0, 5000, 1000), 700);
}
END_TEST

START_TEST(a_hundred_thousand_inactive_leave_all_claims_where_they_are)
{
    apr_uint64_t n;
    apr_pool_t *p;

    free(memory);
    table_open(4 * MIB);
    store_all(0, 1000, 2048);
    apr_pool_create(&p, pool);
    for (n = 1000; n < 101000; n++) {
        ck_assert_int_eq(put_inactive(table, n, 0, p), APR_SUCCESS);
        apr_pool_clear(p);
    }
    ck_assert_uint_eq(count_found(0, 1000, 2048), 1000);
    ck_assert_uint_lt(stats_now().entries, 101000);
}
END_TEST

START_TEST(a_flood_of_claims_leaves_inactive_where_it_is)
{
    ti_entry_t entry;
    apr_uint64_t n;

    for (n = 0; n < 500; n++) {
        ck_assert_int_eq(put_inactive(table, n, 0, pool), APR_SUCCESS);
    }
    store_all(1000, 11000, 1000);
    for (n = 0; n < 500; n++) {
        ck_assert_int_eq(get(&entry, table, n, pool), APR_SUCCESS);
        ck_assert_int_eq(entry.kind, TI_KIND_INACTIVE);
    }
}
END_TEST

START_TEST(sizes_from_100_bytes_to_64_kib_live_together)
{
    ti_entry_t entry;
    apr_pool_t *p;
    apr_uint64_t n;
    apr_size_t size;

    apr_pool_create(&p, pool);
    for (n = 0; n < 6000; n++) {
        size = 100 + (n * n * 7919) % (n % 10 == 0 ? 65436 : 3000);
        ck_assert_int_eq(put(table, n, 0, size, p), APR_SUCCESS);
        ck_assert_int_eq(get(&entry, table, n, p), APR_SUCCESS);
        ck_assert(holds(&entry, size, n, 0));
        apr_pool_clear(p);
    }
    ck_assert_uint_gt(stats_now().bytes, 512 * 1024);
}
END_TEST

/* Sizes that are no multiple of 8 pay for the rounding as well. */
START_TEST(an_entry_costs_at_most_96_bytes_beside_its_record)
{
    static const apr_size_t sizes[] = {101, 1024, 2041};
    apr_size_t size = sizes[_i];
    apr_size_t positive = memory_size / 8 * 7;
    apr_size_t each;

    overfill(size);
    each = positive / stats_now().entries - size;
    ck_assert_uint_le(each, 96);
    ck_assert_uint_ge(each, 64);
}
END_TEST

START_TEST(a_large_table_uses_its_room_as_well)
{
    free(memory);
    table_open(40 * MIB);
    overfill(2000);
    ck_assert_uint_gt(stats_now().bytes, 33 * MIB);
    ck_assert_uint_lt(stats_now().capacity, 40 * MIB);
    ck_assert_uint_gt(stats_now().capacity, 39 * MIB);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("ring");
    TCase *one = tcase_create("ring");

    tcase_add_checked_fixture(one, small_open, table_close);
    tcase_set_timeout(one, 120);
    tcase_add_test(one, a_full_table_gives_up_the_oldest_entries);
    tcase_add_test(one, giving_up_what_has_expired_is_no_eviction);
    tcase_add_test(one,
                   an_entry_read_now_and_then_survives_100000_other_stores);
    tcase_add_test(one, an_entry_that_nobody_reads_goes_with_its_age);
    tcase_add_test(one, being_read_once_is_no_place_for_ever);
    tcase_add_test(one, stores_succeed_although_everything_is_in_use);
    tcase_add_test(one,
                   a_hundred_thousand_inactive_leave_all_claims_where_they_are);
    tcase_add_test(one, a_flood_of_claims_leaves_inactive_where_it_is);
    tcase_add_test(one, sizes_from_100_bytes_to_64_kib_live_together);
    tcase_add_loop_test(one, an_entry_costs_at_most_96_bytes_beside_its_record,
                        0, 3);
    tcase_add_test(one, a_large_table_uses_its_room_as_well);
    suite_add_tcase(all, one);
    return all;
}
