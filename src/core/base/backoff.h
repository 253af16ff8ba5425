/* SPDX-License-Identifier: Apache-2.0
 *
 * Leave alone what failed: for a while, longer each time, and then one try
 * decides. Of one process; used by all its threads without a lock. Moments are
 * the steady clock's.
 */
#ifndef TI_BACKOFF_H
#define TI_BACKOFF_H

#include <apr_time.h>

/* The first pause; each further one is twice as long. */
#define TI_BACKOFF_FIRST apr_time_from_sec(5)
#define TI_BACKOFF_LAST apr_time_from_sec(60)

/* Zero: all is well. */
typedef struct ti_backoff_t {
    apr_time_t until;      /* 0: no pause */
    apr_uint32_t failures; /* pauses in a row */
} ti_backoff_t;

/* May somebody go there at `now`? All may while it is well, nobody during a
 * pause, one after it. *turn is for the call that tells how it went. */
int ti_backoff_admits(apr_time_t *turn, ti_backoff_t *pause, apr_time_t now);

/* It went well: the pause is over for all. */
void ti_backoff_reset(ti_backoff_t *pause, apr_time_t turn);

/* It failed. Returns how long it is left alone from `now`; 0 when another's
 * failure has decided that since this one was admitted. */
apr_interval_time_t ti_backoff_fail(ti_backoff_t *pause, apr_time_t turn,
                                    apr_time_t now);

#endif
