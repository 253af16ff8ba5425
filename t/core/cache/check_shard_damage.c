/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that is not what it was, or never was a table.
 */
#include "table.h"

#include "cache/shard.h"

/* The one shard of the smallest table. */
static ti_shard_t *shard(void)
{
    return (ti_shard_t *)((char *)memory + 64);
}

/* All that follows the shard's lock. */
static unsigned char *behind_lock(apr_size_t *size)
{
    *size = memory_size - 128;
    return (unsigned char *)memory + 128;
}

static unsigned int random_state = 1;

static apr_size_t random_below(apr_size_t limit)
{
    return ((apr_size_t)rand_r(&random_state) * 32768 +
            (apr_size_t)rand_r(&random_state)) %
           limit;
}

static unsigned char *cell_of(apr_uint64_t n)
{
    ti_key_t key = key_of(n);
    unsigned char *found;

    found = memmem(memory, memory_size, key.bytes, sizeof(key.bytes));
    ck_assert_ptr_nonnull(found);
    return found - offsetof(ti_cell_t, key);
}

START_TEST(a_change_of_any_byte_of_a_record_is_a_miss_or_without_effect)
{
    apr_size_t size = sizeof(ti_cell_t) + 999;
    apr_size_t misses = 0;
    unsigned char *cell;
    ti_entry_t entry;
    apr_size_t i;

    store_all(0, 1, 999);
    cell = cell_of(0);
    for (i = 0; i < size; i++) {
        cell[i] ^= (unsigned char)(1 + i % 255);
        if (get(&entry, table, 0, pool) == APR_SUCCESS) {
            ck_assert(holds(&entry, 999, 0, 0));
            ck_assert_int_eq(entry.kind, TI_KIND_CLAIMS);
            ck_assert_int_eq(entry.expires, LATER);
            ck_assert_int_eq(entry.answered, NOW);
        } else {
            misses++;
        }
        cell[i] ^= (unsigned char)(1 + i % 255);
    }
    ck_assert_uint_eq(misses, size - 4); /* the link to the next cell */
    ck_assert_uint_eq(count_found(0, 1, 999), 1);
}
END_TEST

START_TEST(a_record_under_another_key_is_no_answer)
{
    ti_key_t other = key_of(1);
    unsigned char *cell;
    ti_entry_t entry;
    ti_key_t key = key_of(0);

    memcpy(other.bytes, key.bytes, 8); /* the same bucket */
    memcpy(other.bytes + 8, key.bytes + 8, 8);
    store_all(0, 1, 999);
    cell = cell_of(0);
    memcpy(cell + offsetof(ti_cell_t, key), other.bytes, sizeof(other.bytes));
    ck_assert_int_eq(ti_table_cache(table)->fetch(ti_table_cache(table), &entry,
                                                  &other, NOW, pool),
                     APR_NOTFOUND);
}
END_TEST

START_TEST(a_record_whose_age_was_changed_keeps_no_answer_out)
{
    ti_cell_t *cell;

    store_all(0, 1, 999);
    cell = (ti_cell_t *)cell_of(0);
    cell->answered += 1;
    ck_assert_int_eq(put(table, 0, 0, 999, pool), APR_SUCCESS);
    ck_assert_uint_eq(count_found(0, 1, 999), 1);
    cell = (ti_cell_t *)cell_of(0);
    cell->answered += 1;
    ck_assert_int_eq(put_inactive(table, 0, 0, pool), APR_SUCCESS);
}
END_TEST

START_TEST(changes_anywhere_never_make_a_wrong_answer)
{
    apr_size_t size;
    unsigned char *bytes = behind_lock(&size);
    apr_uint64_t round;
    int i;

    store_all(0, 1500, 700);
    for (round = 0; round < 60; round++) {
        for (i = 0; i < 20; i++) {
            bytes[random_below(i % 2 == 0 ? size : 12000)] ^= 0x55;
        }
        count_found(0, 1500, 700);
        store_all(round * 20, round * 20 + 40, 700);
    }
}
END_TEST

START_TEST(a_table_of_random_bytes_is_emptied_and_works)
{
    apr_uint64_t before;
    apr_size_t size;
    unsigned char *bytes = behind_lock(&size);
    apr_size_t i;

    for (i = 0; i < size; i++) {
        bytes[i] = (unsigned char)rand_r(&random_state);
    }
    ck_assert_uint_eq(count_found(0, 1000, 700), 0);
    before = stats_now().repairs;
    store_all(0, 500, 700);
    ck_assert_uint_eq(stats_now().repairs, before + 1);
    ck_assert_int_eq(put_inactive(table, 500, 0, pool), APR_SUCCESS);
    ck_assert_uint_eq(stats_now().repairs, before + 2); /* the other ring */
    ck_assert_uint_eq(count_found(0, 500, 700), 500);
    ck_assert_uint_eq(stats_now().entries, 501);
}
END_TEST

START_TEST(a_bucket_that_runs_in_a_circle_ends)
{
    ti_ring_state_t *ring = (ti_ring_state_t *)(shard() + 1);
    apr_uint32_t *heads = (apr_uint32_t *)(ring + 1);
    apr_uint32_t offset;
    ti_cell_t *cell;
    apr_size_t i;

    store_all(0, 1, 999);
    cell = (ti_cell_t *)cell_of(0);
    offset = (apr_uint32_t)((apr_uint64_t *)cell - (apr_uint64_t *)ring);
    cell->next = offset;
    for (i = 0; i < memory_size / 8 * 7 / 512 - 8; i++) {
        heads[i] = offset;
    }
    ck_assert_uint_eq(count_found(1, 1000, 999), 0);
    store_all(1, 3000, 999);
    ck_assert_uint_gt(count_found(1, 3000, 999), 0);
}
END_TEST

START_TEST(another_handle_sees_the_same_entries)
{
    ti_table_t *first = table;
    ti_entry_t entry;

    store_all(0, 100, 700);
    ck_assert_int_eq(ti_table_attach(&table, memory, memory_size, pool),
                     APR_SUCCESS);
    ck_assert_uint_eq(count_found(0, 100, 700), 100);
    store_all(100, 101, 700);
    ck_assert_int_eq(get(&entry, first, 100, pool), APR_SUCCESS);
}
END_TEST

START_TEST(what_is_no_table_of_this_size_is_refused)
{
    ti_table_t *other = table;
    char *header = memory;
    apr_size_t i;

    ck_assert_int_eq(ti_table_attach(&other, memory, memory_size - 64, pool),
                     APR_EINVAL);
    ck_assert_ptr_null(other);
    for (i = 0; i < 24; i++) { /* magic, version, shards, size */
        header[i] ^= 1;
        ck_assert_int_eq(ti_table_attach(&other, memory, memory_size, pool),
                         APR_EINVAL);
        header[i] ^= 1;
    }
    memset(&shard()->lock, 0, sizeof(ti_lock_t));
    ck_assert_int_eq(ti_table_attach(&other, memory, memory_size, pool),
                     APR_EINVAL);
}
END_TEST

START_TEST(memory_that_is_too_small_or_not_aligned_is_refused)
{
    ti_table_t *other;

    ck_assert_int_eq(
        ti_table_create(&other, memory, TI_TABLE_SIZE_MIN - 1, pool),
        APR_EINVAL);
    ck_assert_int_eq(ti_table_create(&other, memory, 0, pool), APR_EINVAL);
    ck_assert_int_eq(ti_table_attach(&other, memory, 10, pool), APR_EINVAL);
    ck_assert_int_eq(
        ti_table_create(&other, (char *)memory + 8, memory_size, pool),
        APR_EINVAL);
}
END_TEST

START_TEST(sizes_of_all_sorts_make_tables_that_work)
{
    static const apr_size_t sizes[] = {1048577, 1048639,  2396744, 2396745,
                                       3000001, 10000000, 77777777};
    apr_size_t i;

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        free(memory);
        table_open(sizes[i]);
        store_all(0, 2 * sizes[i] / 4000, 4000);
        ck_assert_uint_gt(stats_now().bytes, sizes[i] / 100 * 82);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("damage");
    TCase *one = tcase_create("damage");

    tcase_add_checked_fixture(one, small_open, table_close);
    tcase_set_timeout(one, 120);
    tcase_add_test(
        one, a_change_of_any_byte_of_a_record_is_a_miss_or_without_effect);
    tcase_add_test(one, a_record_under_another_key_is_no_answer);
    tcase_add_test(one, a_record_whose_age_was_changed_keeps_no_answer_out);
    tcase_add_test(one, changes_anywhere_never_make_a_wrong_answer);
    tcase_add_test(one, a_table_of_random_bytes_is_emptied_and_works);
    tcase_add_test(one, a_bucket_that_runs_in_a_circle_ends);
    tcase_add_test(one, another_handle_sees_the_same_entries);
    tcase_add_test(one, what_is_no_table_of_this_size_is_refused);
    tcase_add_test(one, memory_that_is_too_small_or_not_aligned_is_refused);
    tcase_add_test(one, sizes_of_all_sorts_make_tables_that_work);
    suite_add_tcase(all, one);
    return all;
}
