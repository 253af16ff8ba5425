/* SPDX-License-Identifier: Apache-2.0
 *
 * A place for the leader of a flight: at once, or when its turn comes. For
 * flight.c only.
 */
#ifndef TI_TURN_H
#define TI_TURN_H

#include "traffic/boarding.h"
#include "traffic/flights.h"

/* Under the lock: take a place (TI_FLIGHT_LEAD). Or stand in line, where that
 * is allowed: then *until is until when, else it stays 0, and what is returned
 * is why not. */
ti_boarding_t ti_turn_take(ti_flight_t *flight, ti_flights_t *flights,
                           const ti_flight_plan_t *plan, apr_time_t *until);

/* In line: wait until there is a place (TI_FLIGHT_LEAD), or too long. */
ti_boarding_t ti_turn_await(ti_flight_t *flight, ti_flights_t *flights,
                            const ti_flight_plan_t *plan, apr_time_t until);

/* Under the lock: must one who waits go, so that workers stay free? */
int ti_turn_crowded(ti_flights_t *flights, const ti_flight_plan_t *plan);

#endif
