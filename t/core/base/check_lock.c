/* SPDX-License-Identifier: Apache-2.0
 *
 * A lock in shared memory, and the death of its holder.
 *
 * Under ThreadSanitizer too.
 * Not under valgrind.
 */
#include "base/lock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sanitizer.h"
#include "tap.h"

typedef struct stage_t {
    ti_lock_t lock;
    int count;
} stage_t;

static stage_t *stage;

#if defined(__GLIBC__) && !TI_SANITIZER_THREAD
#if __GLIBC_PREREQ(2, 30)
/* In front of the C library's, which waits by a clock that can be set. */
int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *end)
{
    (void)mutex;
    (void)end;
    return EINVAL;
}
#endif
#endif

static void stage_open(void)
{
    stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(stage, MAP_FAILED);
    ck_assert_int_eq(ti_lock_init(&stage->lock), APR_SUCCESS);
}

static void stage_close(void)
{
    munmap(stage, sizeof(*stage));
}

static void die_inside(void)
{
    pid_t child = fork();

    if (child == 0) {
        ti_lock_take(&stage->lock);
        kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

/* A process that holds the lock until it reads the end of its pipe. */
static pid_t hold(int *release)
{
    int ready[2];
    int end[2];
    char byte;
    pid_t child;

    ck_assert(pipe(ready) == 0 && pipe(end) == 0);
    child = fork();
    if (child == 0) {
        close(end[1]);
        ti_lock_take(&stage->lock);
        if (write(ready[1], "x", 1) != 1 || read(end[0], &byte, 1) != 0) {
            _exit(1);
        }
        ti_lock_give(&stage->lock);
        _exit(0);
    }
    close(end[0]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    *release = end[1];
    return child;
}

START_TEST(a_lock_given_back_can_be_taken_again)
{
    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_SUCCESS);
    ti_lock_give(&stage->lock);
    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_SUCCESS);
    ti_lock_give(&stage->lock);
}
END_TEST

START_TEST(the_next_holder_is_told_that_the_last_one_died)
{
    die_inside();
    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_INCOMPLETE);
    ti_lock_give(&stage->lock);
    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_SUCCESS);
}
END_TEST

START_TEST(a_mender_that_dies_leaves_the_mending_to_the_next)
{
    die_inside();
    die_inside();
    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_INCOMPLETE);
}
END_TEST

/* A clock that is set must not make it longer or shorter, see
 * pthread_mutex_timedlock above. */
START_TEST(a_holder_that_stands_still_costs_a_bounded_wait)
{
    int release;
    int status;
    pid_t child = hold(&release);
    apr_time_t before = apr_time_now();

    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_TIMEUP);
    ck_assert_int_ge(apr_time_now() - before, TI_LOCK_PATIENCE / 2);

    close(release);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_SUCCESS);
}
END_TEST

/* As one that waits for a processor, it is not stuck: it runs. */
START_TEST(a_holder_that_runs_is_waited_for)
{
    pid_t child = fork();
    apr_time_t before;

    if (child == 0) {
        ti_lock_take(&stage->lock);
        __atomic_store_n(&stage->count, 1, __ATOMIC_RELEASE);
        before = apr_time_now();
        while (apr_time_now() - before < 2 * TI_LOCK_PATIENCE) {
        }
        stage->count = 2;
        ti_lock_give(&stage->lock);
        _exit(0);
    }
    while (__atomic_load_n(&stage->count, __ATOMIC_ACQUIRE) == 0) {
        usleep(1000);
    }
    ck_assert_int_eq(ti_lock_take(&stage->lock), APR_SUCCESS);
    ck_assert_int_eq(stage->count, 2);
    ti_lock_give(&stage->lock);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(two_processes_are_never_inside_at_once)
{
    enum { ROUNDS = 20000 };
    pid_t child = fork();
    int i;

    for (i = 0; i < ROUNDS; i++) {
        if (ti_lock_take(&stage->lock) != APR_SUCCESS) {
            break;
        }
        stage->count++;
        ti_lock_give(&stage->lock);
    }
    if (child == 0) {
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_eq(stage->count, 2 * ROUNDS);
}
END_TEST

START_TEST(other_bytes_are_not_taken_for_a_lock)
{
    ti_lock_t other;

    ck_assert(ti_lock_plausible(&stage->lock));
    memset(&other, 0, sizeof(other));
    ck_assert(!ti_lock_plausible(&other));
    memset(&other, 0xff, sizeof(other));
    ck_assert(!ti_lock_plausible(&other));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("lock");
    TCase *one = tcase_create("lock");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, stage_open, stage_close);
    tcase_add_test(one, a_lock_given_back_can_be_taken_again);
    tcase_add_test(one, the_next_holder_is_told_that_the_last_one_died);
    tcase_add_test(one, a_mender_that_dies_leaves_the_mending_to_the_next);
    tcase_add_test(one, a_holder_that_stands_still_costs_a_bounded_wait);
    tcase_add_test(one, a_holder_that_runs_is_waited_for);
    tcase_add_test(one, two_processes_are_never_inside_at_once);
    tcase_add_test(one, other_bytes_are_not_taken_for_a_lock);
    suite_add_tcase(all, one);
    return all;
}
