/* SPDX-License-Identifier: Apache-2.0
 *
 * What is good once is good once, for all processes.
 */
#include "tap.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>

#include "base/lock.h"
#include "shared.h"
#include "verify/once.h"

#define SECONDS(n) apr_time_from_sec(n)

static const ti_key_t server = {{1}};
static ti_once_t *once;
static void *memory; /* begins with its lock */

static void open_once(void)
{
    static const unsigned char secret[TI_SECRET_SIZE] = {9};

    memory = shared_open(ti_once_size());
    ck_assert_int_eq(ti_once_open(&once, memory, 1, secret, pool), APR_SUCCESS);
}

static apr_status_t take(const char *id, apr_time_t until, apr_time_t now)
{
    return ti_once_take(once, &server, id, until, now);
}

START_TEST(it_is_taken_once)
{
    ck_assert_int_eq(take("a", 100, 1), APR_SUCCESS);
    ck_assert_int_eq(take("a", 100, 1), APR_EEXIST);
    ck_assert_int_eq(take("a", 200, 99), APR_EEXIST);
    ck_assert_int_eq(take("b", 100, 1), APR_SUCCESS);
    ck_assert_int_eq(take("a", 200, 100), APR_SUCCESS);
    ck_assert_int_eq(take("a", 200, 100), APR_EEXIST);
}
END_TEST

START_TEST(another_server_has_its_own)
{
    ti_key_t other = {{2}};

    ck_assert_int_eq(take("a", 100, 1), APR_SUCCESS);
    ck_assert_int_eq(ti_once_take(once, &other, "a", 100, 1), APR_SUCCESS);
}
END_TEST

START_TEST(what_is_given_back_can_be_taken)
{
    ck_assert_int_eq(take("a", 100, 1), APR_SUCCESS);
    ti_once_give(once, &server, "b");
    ck_assert_int_eq(take("a", 100, 1), APR_EEXIST);
    ti_once_give(once, &server, "a");
    ck_assert_int_eq(take("a", 100, 1), APR_SUCCESS);
}
END_TEST

START_TEST(where_all_are_known_the_first_to_end_makes_room)
{
    char id[20];
    int i;

    for (i = 0; i <= TI_ONCE_MAX; i++) {
        apr_snprintf(id, sizeof(id), "id-%d", i);
        ck_assert_int_eq(take(id, 1000 + i, 1), APR_SUCCESS);
    }
    for (i = 1; i <= TI_ONCE_MAX; i++) {
        apr_snprintf(id, sizeof(id), "id-%d", i);
        ck_assert_int_eq(take(id, 1000 + i, 1), APR_EEXIST);
    }
}
END_TEST

START_TEST(of_eight_processes_one_takes_it)
{
    int taken = 0;
    int status;
    int i;

    for (i = 0; i < 8; i++) {
        if (fork() == 0) {
            _exit(take("a", 100, 1) == APR_SUCCESS ? 1 : 0);
        }
    }
    while (wait(&status) > 0) {
        taken += WEXITSTATUS(status);
    }
    ck_assert_int_eq(taken, 1);
    ck_assert_int_eq(take("a", 100, 1), APR_EEXIST);
}
END_TEST

START_TEST(it_survives_a_process_that_dies_inside)
{
    ck_assert_int_eq(take("a", 100, 1), APR_SUCCESS);
    if (fork() == 0) {
        ti_lock_take(memory);
        _exit(0);
    }
    wait(NULL);
    ck_assert_int_eq(take("a", 100, 1), APR_EEXIST);
    ck_assert_int_eq(take("b", 100, 1), APR_SUCCESS);
}
END_TEST

START_TEST(a_process_that_stands_still_inside_keeps_no_later_one_out)
{
    static const unsigned char secret[TI_SECRET_SIZE] = {9};
    void *later = shared_open(ti_once_size());
    pid_t holder;
    int held[2];
    char byte;

    ck_assert_int_eq(take("a", 100, 1), APR_SUCCESS);
    ck_assert_int_eq(pipe(held), 0);
    holder = fork();
    if (holder == 0) {
        ti_lock_take(memory);
        if (write(held[1], "x", 1) == 1) {
            pause();
        }
        _exit(0);
    }
    ck_assert_int_eq(read(held[0], &byte, 1), 1);
    ck_assert_int_eq(ti_once_open(&once, memory, 0, secret, pool), APR_TIMEUP);
    ck_assert_int_eq(ti_once_copy(&once, later, memory, secret, pool),
                     APR_SUCCESS);
    ck_assert_int_eq(take("a", 100, 1), APR_EEXIST);
    ck_assert_int_eq(take("b", 100, 1), APR_SUCCESS);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("once");
    TCase *tc = tcase_create("once");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_checked_fixture(tc, open_once, NULL);
    tcase_add_test(tc, it_is_taken_once);
    tcase_add_test(tc, another_server_has_its_own);
    tcase_add_test(tc, what_is_given_back_can_be_taken);
    tcase_add_test(tc, where_all_are_known_the_first_to_end_makes_room);
    tcase_add_test(tc, of_eight_processes_one_takes_it);
    tcase_add_test(tc, it_survives_a_process_that_dies_inside);
    tcase_add_test(tc,
                   a_process_that_stands_still_inside_keeps_no_later_one_out);
    suite_add_tcase(s, tc);
    return s;
}
