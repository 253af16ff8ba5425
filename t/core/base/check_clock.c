/* SPDX-License-Identifier: Apache-2.0
 *
 * The steady clock, and moments between the two.
 */
#include "base/clock.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "shared.h"

#include "base/sanitizer.h"

#define DAY apr_time_from_sec(86400)
#define IN_DAY "7 86400 0\n" /* CLOCK_BOOTTIME is a day ahead */

static apr_time_t *seen; /* by a process that has slept for a day */

START_TEST(a_moment_goes_to_the_other_clock_and_back)
{
    ti_now_t now = {apr_time_from_sec(1700000000), apr_time_from_sec(50)};

    ck_assert(ti_now_to_steady(&now, now.wall) == now.steady);
    ck_assert(ti_now_to_steady(&now, now.wall + 7) == now.steady + 7);
    ck_assert(ti_now_to_wall(&now, now.steady - 7) == now.wall - 7);
}
END_TEST

START_TEST(it_never_goes_back)
{
    apr_time_t before = ti_clock_steady();
    int i;

    for (i = 0; i < 1000; i++) {
        apr_time_t now = ti_clock_steady();

        ck_assert(now >= before);
        before = now;
    }
}
END_TEST

#if defined(__linux__) && defined(CLOCK_BOOTTIME) && !TI_SANITIZER_THREAD

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

/* In a time namespace of its own, whose machine has slept for a day. */
static void look_after_a_day(void)
{
    int file;
    pid_t child;

    if (unshare(CLONE_NEWTIME) != 0) {
        return; /* not allowed here */
    }
    file = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, IN_DAY, strlen(IN_DAY)) < 0) {
        return;
    }
    close(file);
    child = fork(); /* the children are in it */
    if (child == 0) {
        *seen = ti_clock_steady();
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

START_TEST(it_runs_on_while_the_machine_sleeps)
{
    apr_time_t before = ti_clock_steady();
    pid_t child;

    seen = shared_open(sizeof(*seen));
    child = fork();
    if (child == 0) {
        look_after_a_day();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    if (*seen != 0) {
        ck_assert(*seen - before >= DAY);
    }
}
END_TEST

#endif

static Suite *suite(void)
{
    Suite *all = suite_create("clock");
    TCase *one = tcase_create("clock");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_moment_goes_to_the_other_clock_and_back);
    tcase_add_test(one, it_never_goes_back);
#if defined(__linux__) && defined(CLOCK_BOOTTIME) && !TI_SANITIZER_THREAD
    tcase_add_test(one, it_runs_on_while_the_machine_sleeps);
#endif
    suite_add_tcase(all, one);
    return all;
}
