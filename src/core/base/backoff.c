/* SPDX-License-Identifier: Apache-2.0 */
#include "base/backoff.h"

#include "base/atomic.h"

/* After so many doublings a pause has its full length. */
#define DOUBLINGS_MAX 4

static int replace(ti_backoff_t *backoff, apr_time_t attempt, apr_time_t until)
{
    return __atomic_compare_exchange_n(&backoff->until, &attempt, until, 0,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

int ti_backoff_admits(apr_time_t *attempt, ti_backoff_t *backoff,
                      apr_time_t now)
{
    apr_time_t until = TI_LOAD(backoff->until);

    *attempt = until;
    if (until == 0) {
        return 1;
    }
    if (now < until) {
        return 0;
    }
    /* A try begins the next pause beforehand. So it is the only one, and one
     * that never reports blocks others for that long only. */
    *attempt = now + TI_BACKOFF_FIRST;
    return replace(backoff, until, *attempt);
}

void ti_backoff_reset(ti_backoff_t *backoff, apr_time_t attempt)
{
    if (attempt != 0 && replace(backoff, attempt, 0)) {
        TI_STORE(backoff->failures, 0);
    }
}

apr_interval_time_t ti_backoff_fail(ti_backoff_t *backoff, apr_time_t attempt,
                                    apr_time_t now)
{
    apr_uint32_t failures = TI_LOAD(backoff->failures);
    apr_interval_time_t length = TI_BACKOFF_FIRST
                                 << (failures < DOUBLINGS_MAX ? failures
                                                              : DOUBLINGS_MAX);

    if (length > TI_BACKOFF_LAST) {
        length = TI_BACKOFF_LAST;
    }
    if (!replace(backoff, attempt, now + length)) {
        return 0;
    }
    TI_STORE(backoff->failures, failures + 1);
    return length;
}
