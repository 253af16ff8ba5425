/* SPDX-License-Identifier: Apache-2.0
 *
 * One question at a time per token, over all processes, and not more than so
 * many at once per authorization server; what is more waits for its turn.
 *
 * Whoever may ask is the leader of a flight; everybody else who wants the same
 * key waits, in a futex on the slot, until the leader lands. A leader that died
 * or stands still is noticed within TI_FLIGHT_CHECK, one that hangs when its
 * lease is over; then one of those who wait takes its place.
 */
#ifndef TI_FLIGHT_H
#define TI_FLIGHT_H

#include "base/key.h"
#include "traffic/boarding.h"
#include "traffic/landing.h"
#include "traffic/pace.h"

struct ti_flights_t;

/* Take part in a flight: lead it, or wait for whoever leads. With wait 0 and
 * a leader in the air: TI_FLIGHT_LATE at once. */
ti_boarding_t ti_flight_board(ti_flight_t *flight, struct ti_flights_t *flights,
                              const ti_flight_plan_t *plan);

/* The leader is done (call it on every path): wake those who wait. `heard` is
 * what came of the question, in the time that the exchange took. Returns the
 * gait if this has changed it, else -1. Does nothing when the lease is over and
 * another has taken the lead. */
int ti_flight_land(struct ti_flights_t *flights, const ti_flight_t *flight,
                   const ti_landing_t *landing, ti_heard_t heard,
                   apr_interval_time_t took);

/* Is somebody asking about this key now, within its lease, or did so in vain
 * during the last `pause` before `now` (steady)? Takes no lock and makes no
 * system call. */
int ti_flight_busy(const struct ti_flights_t *flights, const ti_key_t *key,
                   apr_time_t now, apr_interval_time_t pause);

#endif
