/* SPDX-License-Identifier: Apache-2.0
 *
 * How many requests wait for servers, over all processes.
 *
 * Under ThreadSanitizer too.
 */
#include "traffic/waiters.h"

#include "shared.h"

#define ALL 4
#define PEERS 4

static void *seats_memory;
static ti_waiters_t *waiters;
static int *joined; /* how many others have, up to now */
static int expected;

static ti_waiters_t *seats_of(int fresh)
{
    ti_waiters_t *made;

    ck_assert_int_eq(ti_waiters_open(&made, seats_memory, fresh, pool),
                     APR_SUCCESS);
    return made;
}

static void all_open(void)
{
    pool_open();
    seats_memory = shared_open(ti_waiters_size());
    joined = shared_open(sizeof(*joined));
    waiters = seats_of(1);
    ti_waiters_attach(waiters);
}

static void take(int count)
{
    while (count-- > 0) {
        ti_waiters_add(waiters);
    }
}

static void join_and_take_all(void)
{
    ti_waiters_attach(waiters);
    take(ALL);
    __atomic_add_fetch(joined, 1, __ATOMIC_ACQ_REL);
}

static int others_have_taken_all(void)
{
    return __atomic_load_n(joined, __ATOMIC_ACQUIRE) == expected;
}

START_TEST(a_seat_is_taken_until_it_is_given)
{
    take(2);
    ck_assert_uint_eq(ti_waiters_count(waiters), 2);
    ti_waiters_remove(waiters);
    ck_assert_uint_eq(ti_waiters_count(waiters), 1);
    ti_waiters_remove(waiters);
    ck_assert_uint_eq(ti_waiters_count(waiters), 0);
}
END_TEST

START_TEST(nobody_counts_where_there_are_no_seats)
{
    ti_waiters_add(NULL);
    ti_waiters_remove(NULL);
    ti_waiters_reap(NULL, 1);
    ck_assert_uint_eq(ti_waiters_count(NULL), 0);
}
END_TEST

START_TEST(all_processes_count_and_the_buried_do_not)
{
    pid_t child = process(join_and_take_all);

    expected = 1;
    ck_assert(comes_true(others_have_taken_all));
    take(1);
    ck_assert_uint_eq(ti_waiters_count(waiters), ALL + 1);
    end_process(child);
    ti_waiters_reap(waiters, child);
    ck_assert_uint_eq(ti_waiters_count(waiters), 1);
}
END_TEST

START_TEST(a_killed_process_leaves_its_place_to_the_next)
{
    apr_uint32_t *used = seats_memory;
    int i;

    for (i = 0; i < PEERS; i++) {
        pid_t child = process(join_and_take_all);

        expected = i + 1;
        ck_assert(comes_true(others_have_taken_all));
        ck_assert_uint_eq(ti_waiters_count(waiters), ALL);
        ck_assert_uint_eq(*used, 2);
        end_process(child);
        if (i % 2 == 0) {
            ti_waiters_reap(waiters, child);
        }
    }
}
END_TEST

START_TEST(a_later_generation_sees_who_waits)
{
    take(ALL);
    ck_assert_uint_eq(ti_waiters_count(seats_of(0)), ALL);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("waiters");
    TCase *one = tcase_create("waiters");

    tcase_add_checked_fixture(one, all_open, pool_close);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, a_seat_is_taken_until_it_is_given);
    tcase_add_test(one, nobody_counts_where_there_are_no_seats);
    tcase_add_test(one, all_processes_count_and_the_buried_do_not);
    tcase_add_test(one, a_killed_process_leaves_its_place_to_the_next);
    tcase_add_test(one, a_later_generation_sees_who_waits);
    suite_add_tcase(all, one);
    return all;
}
