/* SPDX-License-Identifier: Apache-2.0
 *
 * The table as a cache: what is stored, what is found, what is refused.
 *
 * Under ThreadSanitizer too.
 * Not under valgrind.
 */
#include "table.h"

static ti_entry_t claims(const void *bytes, apr_size_t size)
{
    ti_entry_t entry = {0};

    entry.kind = TI_KIND_CLAIMS;
    entry.answered = NOW;
    entry.expires = LATER;
    entry.bytes = bytes;
    entry.size = size;
    return entry;
}

static apr_status_t store(const ti_entry_t *entry)
{
    ti_cache_t *cache = ti_table_cache(table);
    ti_key_t key = key_of(1);

    return cache->store(cache, &key, entry, NOW, pool);
}

static apr_status_t fetch_at(ti_entry_t *entry, apr_time_t now)
{
    ti_cache_t *cache = ti_table_cache(table);
    ti_key_t key = key_of(1);

    return cache->fetch(cache, entry, &key, now, pool);
}

START_TEST(what_was_stored_is_found_with_its_times)
{
    ti_entry_t stored = claims("some bytes", 10);
    ti_entry_t entry;

    ck_assert_int_eq(store(&stored), APR_SUCCESS);
    ck_assert_int_eq(fetch_at(&entry, NOW), APR_SUCCESS);
    ck_assert_int_eq(entry.kind, TI_KIND_CLAIMS);
    ck_assert_int_eq(entry.answered, NOW);
    ck_assert_int_eq(entry.expires, LATER);
    ck_assert_uint_eq(entry.size, 10);
    ck_assert_mem_eq(entry.bytes, "some bytes", 10);
}
END_TEST

START_TEST(a_document_keeps_its_kind)
{
    ti_entry_t stored = claims("{\"keys\":[]}", 11);
    ti_entry_t entry;

    stored.kind = TI_KIND_DOCUMENT;
    ck_assert_int_eq(store(&stored), APR_SUCCESS);
    ck_assert_int_eq(fetch_at(&entry, NOW), APR_SUCCESS);
    ck_assert_int_eq(entry.kind, TI_KIND_DOCUMENT);
}
END_TEST

START_TEST(an_unknown_key_is_a_miss_and_leaves_nothing_in_the_entry)
{
    ti_entry_t zero = {0};
    ti_entry_t entry;

    memset(&entry, 0xff, sizeof(entry));
    ck_assert_int_eq(fetch_at(&entry, NOW), APR_NOTFOUND);
    ck_assert_mem_eq(&entry, &zero, sizeof(entry));
}
END_TEST

START_TEST(the_copy_is_aligned_and_stays_what_it_was)
{
    ti_entry_t entry;
    int size;

    for (size = 2; size < 600; size += 2) {
        apr_uint64_t version = (apr_uint64_t)size;

        ck_assert_int_eq(put(table, 1, version, 300, pool), APR_SUCCESS);
        ck_assert_int_eq(get(&entry, table, 1, pool), APR_SUCCESS);
        ck_assert_uint_eq((apr_uintptr_t)entry.bytes % 8, 0);
        ck_assert_int_eq(put(table, 1, version + 1, 300, pool), APR_SUCCESS);
        ck_assert(holds(&entry, 300, 1, version));
    }
}
END_TEST

START_TEST(every_size_comes_back_whole)
{
    ti_entry_t entry;
    apr_size_t size;

    for (size = 0; size < 600; size++) {
        ck_assert_int_eq(put(table, size, 7, size, pool), APR_SUCCESS);
        ck_assert_int_eq(get(&entry, table, size, pool), APR_SUCCESS);
        ck_assert(holds(&entry, size, size, 7));
    }
}
END_TEST

START_TEST(bytes_at_an_odd_address_are_stored_as_they_are)
{
    char bytes[] = "xsome bytes";
    ti_entry_t stored = claims(bytes + 1, 10);
    ti_entry_t entry;

    ck_assert_int_eq(store(&stored), APR_SUCCESS);
    ck_assert_int_eq(fetch_at(&entry, NOW), APR_SUCCESS);
    ck_assert_mem_eq(entry.bytes, "some bytes", 10);
}
END_TEST

START_TEST(a_second_store_takes_the_place_of_the_first)
{
    ti_entry_t entry;

    ck_assert_int_eq(put(table, 1, 1, 500, pool), APR_SUCCESS);
    ck_assert_int_eq(put(table, 1, 2, 200, pool), APR_SUCCESS);
    ck_assert_int_eq(get(&entry, table, 1, pool), APR_SUCCESS);
    ck_assert(holds(&entry, 200, 1, 2));
    ck_assert_uint_eq(stats_now().entries, 1);
    ck_assert_uint_eq(stats_now().bytes, 200);
    ck_assert_uint_eq(stats_now().stores, 2);
}
END_TEST

START_TEST(inactive_takes_the_place_of_claims)
{
    ti_entry_t entry;

    ck_assert_int_eq(put(table, 1, 1, 500, pool), APR_SUCCESS);
    ck_assert_int_eq(put_inactive(table, 1, 2, pool), APR_SUCCESS);
    ck_assert_int_eq(get(&entry, table, 1, pool), APR_SUCCESS);
    ck_assert_int_eq(entry.kind, TI_KIND_INACTIVE);
    ck_assert_uint_eq(entry.size, 0);
    ck_assert_ptr_null(entry.bytes);
    ck_assert_uint_eq(stats_now().entries, 1);
}
END_TEST

START_TEST(cells_of_another_table_do_not_pass)
{
    void *first = memory;
    ti_entry_t entry;

    ck_assert_int_eq(put(table, 1, 1, 500, pool), APR_SUCCESS);
    table_open(TI_TABLE_SIZE_MIN);
    /* all but the header, in which each table has a secret of its own */
    memcpy((char *)memory + 64, (char *)first + 64, TI_TABLE_SIZE_MIN - 64);
    ck_assert_int_eq(get(&entry, table, 1, pool), APR_NOTFOUND);
    memcpy(memory, first, TI_TABLE_SIZE_MIN);
    ck_assert_int_eq(ti_table_attach(&table, memory, TI_TABLE_SIZE_MIN, pool),
                     APR_SUCCESS);
    ck_assert_int_eq(get(&entry, table, 1, pool), APR_SUCCESS);
    free(first);
}
END_TEST

START_TEST(claims_take_the_place_of_inactive)
{
    ti_entry_t entry;

    ck_assert_int_eq(put_inactive(table, 1, 0, pool), APR_SUCCESS);
    ck_assert_int_eq(put(table, 1, 1, 500, pool), APR_SUCCESS);
    ck_assert_int_eq(get(&entry, table, 1, pool), APR_SUCCESS);
    ck_assert_int_eq(entry.kind, TI_KIND_CLAIMS);
    ck_assert_uint_eq(stats_now().entries, 1);
}
END_TEST

START_TEST(claims_never_come_back_after_inactive_has_expired)
{
    ti_entry_t stored = claims("bytes", 5);
    ti_entry_t no = {0};
    ti_entry_t entry;

    ck_assert_int_eq(store(&stored), APR_SUCCESS);
    no.kind = TI_KIND_INACTIVE;
    no.answered = NOW;
    no.expires = NOW + 5;
    ck_assert_int_eq(store(&no), APR_SUCCESS);
    ck_assert_int_eq(fetch_at(&entry, NOW + 4), APR_SUCCESS);
    ck_assert_int_eq(fetch_at(&entry, NOW + 5), APR_NOTFOUND);
}
END_TEST

START_TEST(an_entry_is_a_miss_from_the_moment_it_expires)
{
    ti_entry_t stored = claims("bytes", 5);
    ti_entry_t entry;

    ck_assert_int_eq(store(&stored), APR_SUCCESS);
    ck_assert_int_eq(fetch_at(&entry, LATER - 1), APR_SUCCESS);
    ck_assert_int_eq(fetch_at(&entry, LATER), APR_NOTFOUND);
    ck_assert_int_eq(fetch_at(&entry, LATER + 1), APR_NOTFOUND);
}
END_TEST

START_TEST(the_largest_entry_fits_into_the_smallest_table)
{
    ti_entry_t entry;
    apr_uint64_t i;

    for (i = 0; i < 20; i++) {
        ck_assert_int_eq(put(table, i, 1, TI_ENTRY_MAX, pool), APR_SUCCESS);
        ck_assert_int_eq(get(&entry, table, i, pool), APR_SUCCESS);
        ck_assert(holds(&entry, TI_ENTRY_MAX, i, 1));
    }
}
END_TEST

START_TEST(a_larger_entry_is_refused)
{
    ti_entry_t entry;

    ck_assert_int_eq(put(table, 1, 1, TI_ENTRY_MAX + 1, pool), APR_ENOSPC);
    ck_assert_int_eq(get(&entry, table, 1, pool), APR_NOTFOUND);
}
END_TEST

START_TEST(what_is_no_entry_is_refused)
{
    ti_entry_t none = {0};
    ti_entry_t without_bytes = claims(NULL, 1);
    ti_entry_t no_with_bytes = claims("bytes", 5);
    ti_entry_t unknown = claims("bytes", 5);

    no_with_bytes.kind = TI_KIND_INACTIVE;
    unknown.kind = (ti_kind_t)(TI_KIND_DOCUMENT + 1);
    ck_assert_int_eq(store(&none), APR_EINVAL);
    ck_assert_int_eq(store(&without_bytes), APR_EINVAL);
    ck_assert_int_eq(store(&no_with_bytes), APR_EINVAL);
    ck_assert_int_eq(store(&unknown), APR_EINVAL);
    ck_assert_uint_eq(stats_now().stores, 0);
}
END_TEST

START_TEST(each_of_100000_entries_is_found)
{
    apr_size_t size = 64 * MIB;

    free(memory);
    table_open(size);
    store_all(0, 100000, 100);
    ck_assert_uint_eq(count_found(0, 100000, 100), 100000);
    ck_assert_uint_eq(count_found(100000, 200000, 100), 0);
    ck_assert_uint_eq(stats_now().entries, 100000);
    ck_assert_uint_eq(stats_now().bytes, 100000 * 100);
    ck_assert_uint_eq(stats_now().evictions, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("table");
    TCase *one = tcase_create("table");

    tcase_add_checked_fixture(one, small_open, table_close);
    tcase_set_timeout(one, 120);
    tcase_add_test(one, what_was_stored_is_found_with_its_times);
    tcase_add_test(one, a_document_keeps_its_kind);
    tcase_add_test(one,
                   an_unknown_key_is_a_miss_and_leaves_nothing_in_the_entry);
    tcase_add_test(one, the_copy_is_aligned_and_stays_what_it_was);
    tcase_add_test(one, every_size_comes_back_whole);
    tcase_add_test(one, bytes_at_an_odd_address_are_stored_as_they_are);
    tcase_add_test(one, a_second_store_takes_the_place_of_the_first);
    tcase_add_test(one, inactive_takes_the_place_of_claims);
    tcase_add_test(one, claims_take_the_place_of_inactive);
    tcase_add_test(one, cells_of_another_table_do_not_pass);
    tcase_add_test(one, claims_never_come_back_after_inactive_has_expired);
    tcase_add_test(one, an_entry_is_a_miss_from_the_moment_it_expires);
    tcase_add_test(one, the_largest_entry_fits_into_the_smallest_table);
    tcase_add_test(one, a_larger_entry_is_refused);
    tcase_add_test(one, what_is_no_entry_is_refused);
    tcase_add_test(one, each_of_100000_entries_is_found);
    suite_add_tcase(all, one);
    return all;
}
