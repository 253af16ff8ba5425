/* SPDX-License-Identifier: Apache-2.0 */
#include "base/backoff.h"

#include "base/atomic.h"

/* After so many doublings a pause has its full length. */
#define DOUBLINGS_MAX 4

static int replace(ti_backoff_t *pause, apr_time_t turn, apr_time_t until)
{
    return __atomic_compare_exchange_n(&pause->until, &turn, until, 0,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

int ti_backoff_admits(apr_time_t *turn, ti_backoff_t *pause, apr_time_t now)
{
    apr_time_t until = TI_LOAD(pause->until);

    *turn = until;
    if (until == 0) {
        return 1;
    }
    if (now < until) {
        return 0;
    }
    /* A try begins the next pause beforehand. So it is the only one, and one
     * that never reports blocks others for that long only. */
    *turn = now + TI_BACKOFF_FIRST;
    return replace(pause, until, *turn);
}

void ti_backoff_reset(ti_backoff_t *pause, apr_time_t turn)
{
    if (turn != 0 && replace(pause, turn, 0)) {
        TI_STORE(pause->failures, 0);
    }
}

apr_interval_time_t ti_backoff_fail(ti_backoff_t *pause, apr_time_t turn,
                                    apr_time_t now)
{
    apr_uint32_t failures = TI_LOAD(pause->failures);
    apr_interval_time_t length = TI_BACKOFF_FIRST
                                 << (failures < DOUBLINGS_MAX ? failures
                                                              : DOUBLINGS_MAX);

    if (length > TI_BACKOFF_LAST) {
        length = TI_BACKOFF_LAST;
    }
    if (!replace(pause, turn, now + length)) {
        return 0;
    }
    TI_STORE(pause->failures, failures + 1);
    return length;
}
