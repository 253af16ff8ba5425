/* SPDX-License-Identifier: Apache-2.0
 *
 * What the leader of a flight tells its followers when it ends.
 */
#ifndef TI_NOTICE_H
#define TI_NOTICE_H

#include <apr_time.h>

#include "base/result.h"

/* Followers check this often whether the leader's process still runs; and this
 * often the slots of a server without free permits are searched for lost
 * leaders. */
#define TI_FLIGHT_CHECK apr_time_from_msec(250)

/* An answer that is remembered is read from the cache, so that only refusals
 * are passed on here. */
typedef struct ti_notice_t {
    ti_verdict_t verdict; /* TI_UNDECIDED: look into the cache */
    int message;          /* log id of the cause */
    apr_interval_time_t retry_after;
    apr_time_t answered; /* of what is in the cache; 0: nothing is there */
    apr_uint64_t
        credentials; /* with whose credentials: a verdict is theirs only */
} ti_notice_t;

/* Does it hold for a follower with these credentials? What a server says to
 * other credentials it may not say to ours; that it cannot be asked holds for
 * all. */
static inline int ti_notice_concerns(const ti_notice_t *notice,
                                     apr_uint64_t credentials)
{
    return notice->verdict == TI_UNAVAILABLE ||
           notice->credentials == credentials;
}

#endif
