/* SPDX-License-Identifier: Apache-2.0
 *
 * A place for the leader of a flight: at once, or when its turn comes. For
 * flight.c only.
 */
#ifndef TI_TURN_H
#define TI_TURN_H

#include "traffic/admission.h"
#include "traffic/boarding.h"
#include "traffic/flights.h"

/* Under the lock: take a place for the caller of this plan (TI_FLIGHT_LEAD). Or
 * stand in line, where that is allowed: then *until is until when, else it
 * stays 0, and what is returned is why not. */
ti_boarding_t ti_turn_take(ti_flight_t *flight, ti_flights_t *flights,
                           const ti_flight_plan_t *plan,
                           const ti_caller_t *caller, apr_time_t *until);

/* In line: wait until there is a place (TI_FLIGHT_LEAD), or too long. */
ti_boarding_t ti_turn_await(ti_flight_t *flight, ti_flights_t *flights,
                            const ti_flight_plan_t *plan, apr_time_t until);

/* Who comes, as admissions see it. Before the lock: it counts all who wait. */
ti_caller_t ti_turn_caller(const ti_flight_plan_t *plan);

#endif
