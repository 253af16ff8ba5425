/* SPDX-License-Identifier: Apache-2.0
 *
 * Exponential backoff. After a failure nothing is tried for a while, longer
 * each time; then one try decides. The state belongs to one process, whose
 * threads use it without a lock. Moments are the steady clock's.
 */
#ifndef TI_BACKOFF_H
#define TI_BACKOFF_H

#include <apr_time.h>

/* The first pause; each further one is twice as long. */
#define TI_BACKOFF_FIRST apr_time_from_sec(5)
#define TI_BACKOFF_LAST apr_time_from_sec(60)

/* Zero: no failure. */
typedef struct ti_backoff_t {
    apr_time_t until;      /* 0: no pause */
    apr_uint32_t failures; /* pauses in a row */
} ti_backoff_t;

/* Is a try allowed at `now`? Without a failure always, during a pause never,
 * after it once. *attempt is for the call that reports the outcome. */
int ti_backoff_admits(apr_time_t *attempt, ti_backoff_t *backoff,
                      apr_time_t now);

/* The try succeeded: the pause is over for all. */
void ti_backoff_reset(ti_backoff_t *backoff, apr_time_t attempt);

/* The try failed. Returns the length of the pause from `now`; 0 when another
 * failure has begun a pause since this try was admitted. */
apr_interval_time_t ti_backoff_fail(ti_backoff_t *backoff, apr_time_t attempt,
                                    apr_time_t now);

#endif
