/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether another process still lives, and is the one that was meant.
 */
#include "base/process.h"

#include <sys/syscall.h>

#include "shared.h"

static ti_process_t *told;

static void tell_and_stay(void)
{
    __atomic_store_n(told, ti_process_self(), __ATOMIC_RELEASE);
}

static int it_has_told(void)
{
    return __atomic_load_n(told, __ATOMIC_ACQUIRE) != 0;
}

static pid_t child_open(void)
{
    pid_t child;

    told = shared_open(sizeof(*told));
    child = process(tell_and_stay);
    ck_assert(comes_true(it_has_told));
    return child;
}

static int it_stands(void)
{
    return ti_process_stopped(*told);
}

START_TEST(a_process_lives_until_it_is_killed)
{
    pid_t child = child_open();
    siginfo_t info;

    ck_assert_int_eq(ti_process_number(*told), child);
    ck_assert(*told != ti_process_self());
    ck_assert(!ti_process_gone(*told));
    ck_assert(!ti_process_stopped(*told));
    kill(child, SIGKILL);
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    ck_assert(ti_process_gone(*told));
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert(ti_process_gone(*told));
}
END_TEST

START_TEST(one_that_is_stopped_stands_and_is_not_gone)
{
    pid_t child = child_open();

    kill(child, SIGSTOP);
    ck_assert(comes_true(it_stands));
    ck_assert(!ti_process_gone(*told));
    end_process(child);
}
END_TEST

START_TEST(a_stranger_with_its_number_is_not_it)
{
    ti_process_t self = ti_process_self();

    ck_assert(!ti_process_gone(self));
    ck_assert(ti_process_gone(self + ((ti_process_t)1 << 32)));
    ck_assert(ti_process_gone(self - ((ti_process_t)1 << 32)));
}
END_TEST

static void *wait_for_the_end(void *word)
{
    apr_int64_t *number = word;

    __atomic_store_n(number, syscall(SYS_gettid), __ATOMIC_RELEASE);
    for (;;) {
        pause();
    }
    return NULL;
}

START_TEST(nor_is_a_thread_with_its_number)
{
    ti_process_t dead = ti_process_self() - ((ti_process_t)100 << 32);
    apr_int64_t number = 0;
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_the_end, &number),
                     0);
    while (__atomic_load_n(&number, __ATOMIC_ACQUIRE) == 0) {
        apr_sleep(1000);
    }
    dead = (dead & ~(ti_process_t)0xffffffff) | (ti_process_t)number;
    ck_assert_int_eq(kill((pid_t)number, 0), 0);
    ck_assert(ti_process_gone(dead));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("process");
    TCase *one = tcase_create("process");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_process_lives_until_it_is_killed);
    tcase_add_test(one, one_that_is_stopped_stands_and_is_not_gone);
    tcase_add_test(one, a_stranger_with_its_number_is_not_it);
    tcase_add_test(one, nor_is_a_thread_with_its_number);
    suite_add_tcase(all, one);
    return all;
}
