/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

/* Linux's CLOCK_MONOTONIC stands still while the machine sleeps: an answer
 * would be remembered for longer than it may be. */
#ifdef CLOCK_BOOTTIME
#define STEADY CLOCK_BOOTTIME
#else
#define STEADY CLOCK_MONOTONIC
#endif

apr_time_t ti_clock_steady(void)
{
    struct timespec now;

    clock_gettime(STEADY, &now);
    return apr_time_make(now.tv_sec, now.tv_nsec / 1000);
}
