/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wait.h"

#ifdef __linux__

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void ti_wait(const apr_uint32_t *word, apr_uint32_t seen,
             apr_interval_time_t time)
{
    struct timespec limit;

    limit.tv_sec = (time_t)apr_time_sec(time);
    limit.tv_nsec = (long)apr_time_usec(time) * 1000;
    syscall(SYS_futex, word, FUTEX_WAIT, seen, &limit, NULL, 0);
}

void ti_wait_wake(const apr_uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

#else

#include "base/atomic.h"
#include "base/clock.h"

#define NAP apr_time_from_msec(5)

void ti_wait(const apr_uint32_t *word, apr_uint32_t seen,
             apr_interval_time_t time)
{
    apr_time_t end = ti_clock_steady() + time;

    while (TI_LOAD(*word) == seen && ti_clock_steady() < end) {
        apr_sleep(NAP);
    }
}

void ti_wait_wake(const apr_uint32_t *word)
{
    (void)word;
}

#endif
