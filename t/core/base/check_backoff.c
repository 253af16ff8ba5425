/* SPDX-License-Identifier: Apache-2.0
 *
 * How something that failed is left alone.
 *
 * Under ThreadSanitizer too.
 */
#include "base/backoff.h"

#include <sched.h>

#include "shared.h"

#define SECONDS(n) apr_time_from_sec(n)
#define NOW SECONDS(1000)
#define CROWD 16
#define THREADS 2
#define ROUNDS 20000

static ti_backoff_t pausing;

static void all_is_well(void)
{
    pool_open();
    memset(&pausing, 0, sizeof(pausing));
}

/* One try that fails; how long the pause is, 0: not admitted. */
static apr_interval_time_t fail_at(apr_time_t now)
{
    apr_time_t turn;

    return ti_backoff_admits(&turn, &pausing, now)
               ? ti_backoff_fail(&pausing, turn, now)
               : 0;
}

static int admits(apr_time_t now)
{
    apr_time_t turn;

    return ti_backoff_admits(&turn, &pausing, now);
}

START_TEST(while_all_is_well_everybody_may_go)
{
    apr_time_t turn;

    ck_assert(ti_backoff_admits(&turn, &pausing, NOW));
    ck_assert(admits(NOW));
    ti_backoff_reset(&pausing, turn);
    ck_assert(admits(NOW));
}
END_TEST

START_TEST(after_a_failure_nobody_goes_for_a_while)
{
    ck_assert(fail_at(NOW) == TI_BACKOFF_FIRST);
    ck_assert(!admits(NOW));
    ck_assert(!admits(NOW + TI_BACKOFF_FIRST - 1));
    ck_assert(admits(NOW + TI_BACKOFF_FIRST));
}
END_TEST

START_TEST(after_the_pause_one_goes)
{
    apr_time_t later = NOW + TI_BACKOFF_FIRST;

    fail_at(NOW);
    ck_assert(admits(later));
    ck_assert(!admits(later));
    ck_assert(!admits(later + 1));
}
END_TEST

START_TEST(a_try_that_never_tells_blocks_for_one_pause)
{
    apr_time_t later = NOW + TI_BACKOFF_FIRST;

    fail_at(NOW);
    ck_assert(admits(later));
    ck_assert(!admits(later + TI_BACKOFF_FIRST - 1));
    ck_assert(admits(later + TI_BACKOFF_FIRST));
}
END_TEST

START_TEST(a_try_that_goes_well_ends_it_for_all)
{
    apr_time_t later = NOW + TI_BACKOFF_FIRST;
    apr_time_t turn;

    fail_at(NOW);
    ck_assert(ti_backoff_admits(&turn, &pausing, later));
    ti_backoff_reset(&pausing, turn);
    ck_assert(admits(later));
    ck_assert(admits(later));
    /* and the next failure begins at the beginning */
    ck_assert(fail_at(later) == TI_BACKOFF_FIRST);
}
END_TEST

START_TEST(each_failure_in_a_row_doubles_the_pause_up_to_a_limit)
{
    apr_time_t now = NOW;
    apr_interval_time_t expected = TI_BACKOFF_FIRST;
    int i;

    for (i = 0; i < 40; i++) {
        ck_assert_msg(fail_at(now) == expected, "failure %d", i);
        now += expected;
        expected =
            expected * 2 < TI_BACKOFF_LAST ? expected * 2 : TI_BACKOFF_LAST;
    }
}
END_TEST

START_TEST(a_crowd_that_fails_together_fails_once)
{
    apr_time_t turns[CROWD];
    int i;

    for (i = 0; i < CROWD; i++) {
        ck_assert(ti_backoff_admits(&turns[i], &pausing, NOW));
    }
    ck_assert(ti_backoff_fail(&pausing, turns[0], NOW) == TI_BACKOFF_FIRST);
    for (i = 1; i < CROWD; i++) {
        ck_assert(ti_backoff_fail(&pausing, turns[i], NOW + i) == 0);
    }
    ck_assert(fail_at(NOW + TI_BACKOFF_FIRST) == 2 * TI_BACKOFF_FIRST);
}
END_TEST

START_TEST(a_success_from_before_the_failure_does_not_end_the_pause)
{
    apr_time_t turn;

    ck_assert(ti_backoff_admits(&turn, &pausing, NOW));
    fail_at(NOW);
    ti_backoff_reset(&pausing, turn);
    ck_assert(!admits(NOW + 1));
}
END_TEST

START_TEST(a_late_try_does_not_end_a_later_pause)
{
    apr_time_t later = NOW + TI_BACKOFF_FIRST;
    apr_time_t late;

    fail_at(NOW);
    ck_assert(ti_backoff_admits(&late, &pausing, later));
    later += TI_BACKOFF_FIRST;
    ck_assert(fail_at(later) > 0);
    ti_backoff_reset(&pausing, late);
    ck_assert(!admits(later + 1));
    ck_assert(ti_backoff_fail(&pausing, late, later + 1) == 0);
}
END_TEST

START_TEST(the_longest_pause_is_one_from_its_beginning)
{
    apr_time_t now = NOW;
    apr_interval_time_t length = 0;

    while (length < TI_BACKOFF_LAST) {
        now += length;
        length = fail_at(now);
        ck_assert(length > 0);
    }
    ck_assert(!admits(now));
}
END_TEST

/* Every round has a pause of its own, which all threads meet at once. */
static ti_backoff_t rounds[ROUNDS];
static int admitted[ROUNDS];
static int arrived;

static void *try_each(void *number)
{
    int i;

    for (i = 0; i < ROUNDS; i++) {
        apr_time_t turn;

        __atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL);
        while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) <
               THREADS * (i + 1)) {
            sched_yield();
        }
        if (ti_backoff_admits(&turn, &rounds[i], NOW + TI_BACKOFF_FIRST)) {
            __atomic_add_fetch(&admitted[i], 1, __ATOMIC_RELAXED);
        }
    }
    return number;
}

START_TEST(of_many_threads_one_goes)
{
    int i;

    memset(admitted, 0, sizeof(admitted));
    memset(rounds, 0, sizeof(rounds));
    for (i = 0; i < ROUNDS; i++) {
        ck_assert(ti_backoff_fail(&rounds[i], 0, NOW) == TI_BACKOFF_FIRST);
    }
    arrived = 0;
    crowd(THREADS, try_each);
    for (i = 0; i < ROUNDS; i++) {
        ck_assert_msg(admitted[i] == 1, "%d in round %d", admitted[i], i);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("pause");
    TCase *cases = tcase_create("pause");

    tcase_add_checked_fixture(cases, all_is_well, pool_close);
    tcase_add_test(cases, while_all_is_well_everybody_may_go);
    tcase_add_test(cases, after_a_failure_nobody_goes_for_a_while);
    tcase_add_test(cases, after_the_pause_one_goes);
    tcase_add_test(cases, a_try_that_never_tells_blocks_for_one_pause);
    tcase_add_test(cases, a_try_that_goes_well_ends_it_for_all);
    tcase_add_test(cases,
                   each_failure_in_a_row_doubles_the_pause_up_to_a_limit);
    tcase_add_test(cases, a_crowd_that_fails_together_fails_once);
    tcase_add_test(cases,
                   a_success_from_before_the_failure_does_not_end_the_pause);
    tcase_add_test(cases, a_late_try_does_not_end_a_later_pause);
    tcase_add_test(cases, the_longest_pause_is_one_from_its_beginning);
    tcase_add_test(cases, of_many_threads_one_goes);
    suite_add_tcase(made, cases);
    return made;
}
