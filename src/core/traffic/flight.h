/* SPDX-License-Identifier: Apache-2.0
 *
 * Single flight: one question at a time per token, over all processes, and a
 * bounded number per authorization server.
 *
 * The leader of a flight asks. Followers, who want the same key, sleep on a
 * futex in the slot until the leader ends the flight. A leader whose process
 * died or was stopped is noticed within TI_FLIGHT_CHECK, one that hangs when
 * its lease expires; then one of the followers takes the lead.
 */
#ifndef TI_FLIGHT_H
#define TI_FLIGHT_H

#include "base/key.h"
#include "traffic/join.h"
#include "traffic/notice.h"
#include "traffic/pace.h"

struct ti_flights_t;

/* Join the flight about a key: lead it, or wait for its leader. With wait 0 and
 * another leader: TI_FLIGHT_LATE at once. */
ti_joined_t ti_flight_join(ti_flight_t *flight, struct ti_flights_t *flights,
                           const ti_flight_plan_t *plan);

/* End a flight that one leads, on every path, and wake its followers.
 * `feedback` is what came of the question, in the time that the exchange took.
 * Returns the mode if this has changed it, else -1. Does nothing when the lease
 * is over and another has taken the lead. */
int ti_flight_end(struct ti_flights_t *flights, const ti_flight_t *flight,
                  const ti_notice_t *notice, ti_feedback_t feedback,
                  apr_interval_time_t took);

/* Is somebody asking about this key now, within its lease, or failed to
 * during the last `pause` before `now` (steady)? Takes no lock and makes no
 * system call. */
int ti_flight_busy(const struct ti_flights_t *flights, const ti_key_t *key,
                   apr_time_t now, apr_interval_time_t pause);

#endif
