/* SPDX-License-Identifier: Apache-2.0
 *
 * An endpoint that cannot be connected to is asked after others.
 *
 * Under ThreadSanitizer too.
 */
#include "traffic/breaker.h"

#include "shared.h"

#define NOW apr_time_from_sec(1000)
#define AFTER (NOW + TI_BREAKER_PAUSE)
#define TRIERS 8

static ti_breaker_t *breaker;
static int tries;

static void breaker_open(void)
{
    breaker = shared_open(sizeof(*breaker));
    tries = 0;
}

static void fail_so_often(int count)
{
    while (count-- > 0) {
        ti_breaker_fail(breaker, NOW);
    }
}

static void *try_it(void *number)
{
    if (ti_breaker_admits(breaker, AFTER)) {
        __atomic_add_fetch(&tries, 1, __ATOMIC_RELAXED);
    }
    return number;
}

START_TEST(without_a_breaker_it_is_asked)
{
    ck_assert(ti_breaker_admits(NULL, NOW));
    ck_assert(!ti_breaker_fail(NULL, NOW));
    ck_assert(!ti_breaker_close(NULL));
}
END_TEST

START_TEST(three_failures_in_a_row_open_it_for_a_second)
{
    fail_so_often(TI_BREAKER_FAILURES - 1);
    ck_assert(ti_breaker_admits(breaker, NOW));
    ck_assert(ti_breaker_fail(breaker, NOW));
    ck_assert(!ti_breaker_admits(breaker, NOW));
    ck_assert(!ti_breaker_admits(breaker, AFTER - 1));
    ck_assert(ti_breaker_admits(breaker, AFTER));
}
END_TEST

START_TEST(a_connection_between_them_counts)
{
    fail_so_often(TI_BREAKER_FAILURES - 1);
    ck_assert(!ti_breaker_close(breaker));
    fail_so_often(TI_BREAKER_FAILURES - 1);
    ck_assert(ti_breaker_admits(breaker, NOW));
}
END_TEST

START_TEST(then_one_tries_and_the_others_stay_away)
{
    fail_so_often(TI_BREAKER_FAILURES);
    crowd(TRIERS, try_it);
    ck_assert_int_eq(tries, 1);
    ck_assert(!ti_breaker_admits(breaker, AFTER + TI_BREAKER_PAUSE - 1));
}
END_TEST

START_TEST(a_try_in_vain_makes_the_pause_no_longer)
{
    fail_so_often(TI_BREAKER_FAILURES);
    ck_assert(ti_breaker_admits(breaker, AFTER));
    ck_assert(!ti_breaker_fail(breaker, AFTER));
    ck_assert(ti_breaker_admits(breaker, AFTER + TI_BREAKER_PAUSE));
}
END_TEST

START_TEST(a_try_that_connects_closes_it)
{
    fail_so_often(TI_BREAKER_FAILURES);
    ck_assert(ti_breaker_close(breaker));
    ck_assert(!ti_breaker_close(breaker));
    ck_assert(ti_breaker_admits(breaker, NOW));
}
END_TEST

/* A failure that opens it while another question closes it: the count is gone,
 * and it is open. */
START_TEST(one_that_opened_while_it_closed_is_closed_by_the_next)
{
    breaker->until = AFTER;
    ck_assert(ti_breaker_close(breaker));
    ck_assert(ti_breaker_admits(breaker, NOW));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("breaker");
    TCase *one = tcase_create("breaker");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, breaker_open, NULL);
    tcase_add_test(one, without_a_breaker_it_is_asked);
    tcase_add_test(one, three_failures_in_a_row_open_it_for_a_second);
    tcase_add_test(one, a_connection_between_them_counts);
    tcase_add_test(one, then_one_tries_and_the_others_stay_away);
    tcase_add_test(one, a_try_in_vain_makes_the_pause_no_longer);
    tcase_add_test(one, a_try_that_connects_closes_it);
    tcase_add_test(one, one_that_opened_while_it_closed_is_closed_by_the_next);
    suite_add_tcase(all, one);
    return all;
}
