/* SPDX-License-Identifier: Apache-2.0
 *
 * How calls to a store that hangs are left behind, and how many. The file
 * belongs to httpd's side but knows nothing of it.
 *
 * Under ThreadSanitizer too.
 * Not under valgrind.
 */
#include "../../../src/httpd/store/async.c"

#include "shared.h"

#define BRIEFLY apr_time_from_msec(1)

/* The wall clock as APR and everybody here has it: it goes an hour, forward or
 * back, each time that somebody looks. */
static apr_interval_time_t step;
static apr_time_t wall = apr_time_from_sec(1000000000);

apr_time_t apr_time_now(void)
{
    return __atomic_add_fetch(&wall, step, __ATOMIC_RELAXED);
}

static apr_uint32_t gate; /* 0: calls hang */
static int performed;

static apr_status_t pass_gate(mai_async_t *call)
{
    (void)call;
    __atomic_add_fetch(&performed, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) == 0) {
        ti_wait(&gate, 0, PATIENCE);
    }
    return APR_SUCCESS;
}

static void open_gate(void)
{
    __atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
    ti_wait_wake(&gate);
}

static apr_status_t take_a_while(mai_async_t *call)
{
    (void)call;
    apr_sleep(apr_time_from_msec(20));
    return APR_SUCCESS;
}

static apr_status_t not_there(mai_async_t *call)
{
    (void)call;
    return APR_NOTFOUND;
}

static apr_status_t call(apr_status_t (*perform)(mai_async_t *),
                         apr_interval_time_t patience)
{
    mai_async_t *call =
        mai_async_create(perform, NULL, patience, MAI_WAITER_REQUEST);
    apr_status_t rv;

    ck_assert_ptr_nonnull(call);
    rv = mai_async_run(call);
    mai_async_release(call);
    return rv;
}

/* Not by apr_time_now, which is ours. */
static void wait_for_none_left(void)
{
    apr_time_t end = ti_clock_steady() + PATIENCE;

    while (__atomic_load_n(&abandoned, __ATOMIC_ACQUIRE) != 0) {
        ck_assert_msg(ti_clock_steady() < end, "threads do not end");
        apr_sleep(1000);
    }
}

START_TEST(what_a_call_returns_is_returned)
{
    ck_assert_int_eq(call(not_there, PATIENCE), APR_NOTFOUND);
    ck_assert_int_eq(call(not_there, 0), APR_NOTFOUND);
    ck_assert_int_eq(call(take_a_while, PATIENCE), APR_SUCCESS);
    ck_assert_int_eq(abandoned, 0);
}
END_TEST

START_TEST(of_a_crowd_so_many_may_wait_and_then_others)
{
    mai_async_t *crowd_of[MAI_ASYNC_WAITED];
    int i;

    for (i = 0; i < MAI_ASYNC_WAITED; i++) {
        crowd_of[i] =
            mai_async_create(not_there, NULL, PATIENCE, MAI_WAITER_REQUEST);
        ck_assert_ptr_nonnull(crowd_of[i]);
    }
    ck_assert_ptr_null(
        mai_async_create(not_there, NULL, PATIENCE, MAI_WAITER_REQUEST));
    ck_assert_ptr_null(
        mai_async_create(not_there, NULL, PATIENCE, MAI_WAITER_REQUEST));
    ck_assert_int_eq(call(not_there, 0), APR_NOTFOUND);

    mai_async_release(crowd_of[0]);
    ck_assert_int_eq(call(not_there, PATIENCE), APR_NOTFOUND);
    for (i = 1; i < MAI_ASYNC_WAITED; i++) {
        mai_async_release(crowd_of[i]);
    }
    ck_assert_int_eq(waited_for, 0);
}
END_TEST

START_TEST(a_crowd_keeps_no_thread_of_ours_from_its_call)
{
    mai_async_t *crowd_of[MAI_ASYNC_WAITED];
    mai_async_t *own;
    int i;

    for (i = 0; i < MAI_ASYNC_WAITED; i++) {
        crowd_of[i] =
            mai_async_create(not_there, NULL, PATIENCE, MAI_WAITER_REQUEST);
        ck_assert_ptr_nonnull(crowd_of[i]);
    }
    own = mai_async_create(not_there, NULL, PATIENCE, MAI_WAITER_OWN);
    ck_assert_ptr_nonnull(own);
    ck_assert_int_eq(mai_async_run(own), APR_NOTFOUND);
    mai_async_release(own);
    ck_assert_int_eq(waited_for, MAI_ASYNC_WAITED);
    for (i = 0; i < MAI_ASYNC_WAITED; i++) {
        mai_async_release(crowd_of[i]);
    }
    ck_assert_int_eq(waited_for, 0);
}
END_TEST

START_TEST(calls_that_hang_keep_nobody_from_waiting)
{
    int i;

    gate = 0;
    for (i = 0; i < MAI_ASYNC_WAITED + 1; i++) {
        ck_assert_int_eq(call(pass_gate, BRIEFLY), APR_TIMEUP);
    }
    ck_assert_int_eq(call(not_there, PATIENCE), APR_NOTFOUND);
    ck_assert_int_eq(__atomic_load_n(&abandoned, __ATOMIC_RELAXED),
                     MAI_ASYNC_WAITED + 1);
    open_gate();
    wait_for_none_left();
}
END_TEST

START_TEST(when_too_many_hang_no_more_are_begun_until_they_end)
{
    int i;

    gate = 0;
    performed = 0;
    for (i = 0; i < MAI_ASYNC_ABANDONED; i++) {
        ck_assert_int_eq(call(pass_gate, BRIEFLY), APR_TIMEUP);
    }
    for (i = 0; i < MAI_ASYNC_WAITED + 1; i++) {
        ck_assert_int_eq(call(pass_gate, BRIEFLY), MAI_ASYNC_CLOGGED);
    }
    open_gate();
    wait_for_none_left();
    ck_assert_int_eq(__atomic_load_n(&performed, __ATOMIC_RELAXED),
                     MAI_ASYNC_ABANDONED);
    ck_assert_int_eq(call(pass_gate, PATIENCE), APR_SUCCESS);
}
END_TEST

START_TEST(a_clock_that_is_set_back_lengthens_no_wait)
{
    gate = 0;
    step = -apr_time_from_sec(3600);
    ck_assert_int_eq(call(pass_gate, BRIEFLY), APR_TIMEUP);
    open_gate();
    wait_for_none_left();
}
END_TEST

START_TEST(a_clock_that_is_set_forward_shortens_no_wait)
{
    step = apr_time_from_sec(3600);
    ck_assert_int_eq(call(take_a_while, PATIENCE), APR_SUCCESS);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("call");
    TCase *cases = tcase_create("call");

    tcase_add_checked_fixture(cases, pool_open, pool_close);
    tcase_add_test(cases, what_a_call_returns_is_returned);
    tcase_add_test(cases, of_a_crowd_so_many_may_wait_and_then_others);
    tcase_add_test(cases, a_crowd_keeps_no_thread_of_ours_from_its_call);
    tcase_add_test(cases, calls_that_hang_keep_nobody_from_waiting);
    tcase_add_test(cases, when_too_many_hang_no_more_are_begun_until_they_end);
    tcase_add_test(cases, a_clock_that_is_set_back_lengthens_no_wait);
    tcase_add_test(cases, a_clock_that_is_set_forward_shortens_no_wait);
    suite_add_tcase(made, cases);
    return made;
}
