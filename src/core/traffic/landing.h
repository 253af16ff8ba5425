/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a flight: what its leader tells those who wait.
 */
#ifndef TI_LANDING_H
#define TI_LANDING_H

#include <apr_time.h>

#include "base/result.h"

/* Waiters look whether the leader's process still lives this often; and at
 * this distance a server without places is searched for leaders that are
 * lost. */
#define TI_FLIGHT_CHECK apr_time_from_msec(250)

/* What the leader tells those who wait now. An answer that is remembered is
 * read from the cache, so only refusals need words. */
typedef struct ti_landing_t {
    ti_verdict_t verdict; /* TI_UNDECIDED: look into the cache */
    int message;          /* log id of the cause */
    apr_interval_time_t retry_after;
    apr_time_t answered; /* of what is in the cache; 0: nothing is there */
} ti_landing_t;

#endif
