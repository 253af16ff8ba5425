/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters that all processes and threads share.
 *
 * Under ThreadSanitizer too.
 */
#include "base/count.h"

#include "shared.h"

#define ROUNDS 1000

static ti_counts_t *counts;
static void *memory;

static void counts_open(void)
{
    memory = shared_open(ti_counts_size());
    memset(memory, 0xff, ti_counts_size());
    ck_assert_int_eq(ti_counts_open(&counts, memory, 1, pool), APR_SUCCESS);
}

static void count_rounds(void)
{
    int i;

    for (i = 0; i < ROUNDS; i++) {
        ti_count(counts, TI_COUNT_ASKS);
    }
}

static void *count_in_thread(void *number)
{
    (void)number;
    count_rounds();
    return NULL;
}

static void count_and_leave(void)
{
    count_rounds();
    _exit(0);
}

START_TEST(fresh_counters_are_zero)
{
    int i;

    for (i = 0; i < TI_COUNTERS; i++) {
        ck_assert_uint_eq(ti_counts_sum(counts, (ti_counter_t)i), 0);
    }
}
END_TEST

START_TEST(each_counter_counts_for_itself)
{
    ti_count(counts, TI_COUNT_HITS);
    ti_count(counts, TI_COUNT_REFUSED_PACED);
    ti_count(counts, TI_COUNT_REFUSED_PACED);
    ck_assert_uint_eq(ti_counts_sum(counts, TI_COUNT_HITS), 1);
    ck_assert_uint_eq(ti_counts_sum(counts, TI_COUNT_REFUSED_PACED), 2);
    ck_assert_uint_eq(ti_counts_sum(counts, TI_COUNT_MISSES), 0);
}
END_TEST

START_TEST(threads_lose_no_count)
{
    crowd(8, count_in_thread);
    ck_assert_uint_eq(ti_counts_sum(counts, TI_COUNT_ASKS), 8 * ROUNDS);
}
END_TEST

START_TEST(processes_lose_no_count)
{
    pid_t children[4];
    int i;

    for (i = 0; i < 4; i++) {
        children[i] = process(count_and_leave);
    }
    for (i = 0; i < 4; i++) {
        waitpid(children[i], NULL, 0);
    }
    ck_assert_uint_eq(ti_counts_sum(counts, TI_COUNT_ASKS), 4 * ROUNDS);
}
END_TEST

START_TEST(a_second_handle_goes_on_counting)
{
    ti_counts_t *again;

    ti_count(counts, TI_COUNT_HITS);
    ck_assert_int_eq(ti_counts_open(&again, memory, 0, pool), APR_SUCCESS);
    ti_count(again, TI_COUNT_HITS);
    ck_assert_uint_eq(ti_counts_sum(counts, TI_COUNT_HITS), 2);
}
END_TEST

START_TEST(without_counters_nothing_is_counted)
{
    ti_count(NULL, TI_COUNT_HITS);
    ck_assert_uint_eq(ti_counts_sum(NULL, TI_COUNT_HITS), 0);
}
END_TEST

START_TEST(each_counter_has_a_name_of_its_own)
{
    int i;
    int j;

    for (i = 0; i < TI_COUNTERS; i++) {
        ck_assert_ptr_nonnull(ti_counts_name((ti_counter_t)i));
        for (j = 0; j < i; j++) {
            ck_assert_str_ne(ti_counts_name((ti_counter_t)i),
                             ti_counts_name((ti_counter_t)j));
        }
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("count");
    TCase *one = tcase_create("count");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, counts_open, NULL);
    tcase_add_test(one, fresh_counters_are_zero);
    tcase_add_test(one, each_counter_counts_for_itself);
    tcase_add_test(one, threads_lose_no_count);
    tcase_add_test(one, processes_lose_no_count);
    tcase_add_test(one, a_second_handle_goes_on_counting);
    tcase_add_test(one, without_counters_nothing_is_counted);
    tcase_add_test(one, each_counter_has_a_name_of_its_own);
    suite_add_tcase(all, one);
    return all;
}
