/* SPDX-License-Identifier: Apache-2.0
 *
 * The turn of a flight's leader: a permit at once, or after a wait in line. For
 * flight.c only.
 */
#ifndef TI_TURN_H
#define TI_TURN_H

#include "traffic/admission.h"
#include "traffic/flights.h"
#include "traffic/join.h"

/* Under the lock: take a permit for the caller of this plan (TI_FLIGHT_LEAD).
 * Or stand in line, where that is allowed: then *until is until when, else it
 * stays 0, and what is returned is why not. */
ti_joined_t ti_turn_take(ti_flight_t *flight, ti_flights_t *flights,
                         const ti_flight_plan_t *plan,
                         const ti_caller_t *caller, apr_time_t *until);

/* In line: wait until there is a permit (TI_FLIGHT_LEAD), or too long. */
ti_joined_t ti_turn_await(ti_flight_t *flight, ti_flights_t *flights,
                          const ti_flight_plan_t *plan, apr_time_t until);

/* The caller of a plan. To be called without the lock, since it counts all
 * waiters. */
ti_caller_t ti_turn_caller(const ti_flight_plan_t *plan);

#endif
