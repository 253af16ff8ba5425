/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/breaker.h"

#include <stddef.h>

#include "base/atomic.h"

static int replace(ti_breaker_t *breaker, apr_time_t seen, apr_time_t until);

int ti_breaker_admits(ti_breaker_t *breaker, apr_time_t now)
{
    apr_time_t until = breaker != NULL ? TI_LOAD(breaker->until) : 0;

    /* whoever tries begins the next pause, so that others stay away */
    return until == 0 ||
           (now >= until && replace(breaker, until, now + TI_BREAKER_PAUSE));
}

ti_breaker_state_t ti_breaker_state(const ti_breaker_t *breaker, apr_time_t now)
{
    apr_time_t until = breaker != NULL ? TI_LOAD(breaker->until) : 0;

    if (until == 0) {
        return TI_BREAKER_CLOSED;
    }
    return now < until ? TI_BREAKER_OPEN : TI_BREAKER_HALF_OPEN;
}

int ti_breaker_close(ti_breaker_t *breaker)
{
    /* also where a failure opens it just now: it has opened with none counted
     */
    if (breaker == NULL ||
        (TI_LOAD(breaker->failures) == 0 && TI_LOAD(breaker->until) == 0)) {
        return 0;
    }
    TI_STORE(breaker->failures, 0);
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
    until = TI_LOAD(breaker->until);
    return replace(breaker, until, now + TI_BREAKER_PAUSE) && until == 0;
}

static int replace(ti_breaker_t *breaker, apr_time_t seen, apr_time_t until)
{
    return __atomic_compare_exchange_n(&breaker->until, &seen, until, 0,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
