/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/breaker.h"

#include <stddef.h>

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)

static int replace(ti_breaker_t *breaker, apr_time_t seen, apr_time_t until);

int ti_breaker_admits(ti_breaker_t *breaker, apr_time_t now)
{
    apr_time_t until = breaker != NULL ? LOAD(breaker->until) : 0;

    /* whoever tries begins the next pause, so that others stay away */
    return until == 0 ||
           (now >= until && replace(breaker, until, now + TI_BREAKER_PAUSE));
}

int ti_breaker_close(ti_breaker_t *breaker)
{
    if (breaker == NULL || LOAD(breaker->failures) == 0) {
        return 0;
    }
    __atomic_store_n(&breaker->failures, 0, __ATOMIC_RELEASE);
    return __atomic_exchange_n(&breaker->until, 0, __ATOMIC_ACQ_REL) != 0;
}

int ti_breaker_fail(ti_breaker_t *breaker, apr_time_t now)
{
    apr_time_t until;

    if (breaker == NULL ||
        __atomic_add_fetch(&breaker->failures, 1, __ATOMIC_ACQ_REL) <
            TI_BREAKER_FAILURES) {
        return 0;
    }
    until = LOAD(breaker->until);
    return replace(breaker, until, now + TI_BREAKER_PAUSE) && until == 0;
}

static int replace(ti_breaker_t *breaker, apr_time_t seen, apr_time_t until)
{
    return __atomic_compare_exchange_n(&breaker->until, &seen, until, 0,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
