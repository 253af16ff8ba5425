/* SPDX-License-Identifier: Apache-2.0
 *
 * Flights over shared memory, for tests.
 */
#ifndef T_FLIGHTS_H
#define T_FLIGHTS_H

#include "base/clock.h"
#include "traffic/flight.h"
#include "traffic/flights.h"

#include "shared.h"

#define LONG apr_time_from_sec(20)

static ti_flights_t *flights;
static void *memory;
static ti_key_t key;
static apr_uint32_t cap;
static int leaders;
static apr_interval_time_t patience; /* for a place */
static const ti_capacity_t room = {8, 100};

static inline void flights_open(void)
{
    memory = shared_open(ti_flights_size(&room));
    key = key_of("token");
    cap = 100;
    leaders = 0;
    patience = 0;
    ck_assert_int_eq(ti_flights_open(&flights, memory, 1, &room, 0, pool),
                     APR_SUCCESS);
}

static inline ti_flight_plan_t plan_of(apr_interval_time_t lease,
                                       apr_interval_time_t wait)
{
    ti_flight_plan_t plan = {0};

    plan.key = &key;
    plan.server = 3;
    plan.was_active = 1; /* so that all places are for it */
    plan.cap = cap;
    plan.lease = lease;
    plan.wait = wait;
    plan.patience = patience;
    return plan;
}

static inline ti_joined_t join(ti_flight_t *flight, apr_interval_time_t wait)
{
    ti_flight_plan_t plan = plan_of(LONG, wait);

    return ti_flight_join(flight, flights, &plan);
}

static inline void end_flight(const ti_flight_t *flight, ti_verdict_t verdict)
{
    ti_notice_t notice = {verdict, 7, 9, 0, 0};

    ti_flight_end(flights, flight, &notice, TI_FEEDBACK_NONE, 0);
}

static inline void lead_and_stay(void)
{
    ti_flight_t flight;

    join(&flight, LONG);
}

/* Questions to a server under way, and requests in line for it. */
static inline apr_uint32_t in_the_air(apr_uint32_t server)
{
    ti_flights_state_t state;

    ti_flights_state(flights, server, &state);
    return state.in_flight;
}

static inline apr_uint32_t in_line(apr_uint32_t server)
{
    ti_flights_state_t state;

    ti_flights_state(flights, server, &state);
    return state.waiting;
}

static inline int somebody_leads(void)
{
    return in_the_air(3) == 1;
}

static inline void *follow(void *number)
{
    ti_flight_t flight;
    ti_joined_t joined = join(&flight, LONG);

    (void)number;
    if (joined == TI_FLIGHT_LEAD) {
        __atomic_add_fetch(&leaders, 1, __ATOMIC_RELAXED);
        end_flight(&flight, TI_UNDECIDED);
    }
    return NULL;
}

#endif
