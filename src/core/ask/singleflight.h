/* SPDX-License-Identifier: Apache-2.0
 *
 * Single flight, as questions and documents use it: one of those who want the
 * same key asks the server, the others wait for what comes of it.
 */
#ifndef TI_SINGLEFLIGHT_H
#define TI_SINGLEFLIGHT_H

#include "ask/outcome.h"
#include "base/world.h"
#include "traffic/flight.h"

/* What a question of this server may take, and how long it may wait: as the
 * server's settings have it. The plan refers to the key. */
void ti_singleflight_plan(ti_flight_plan_t *plan, const ti_world_t *world,
                          const ti_question_t *question, const ti_key_t *key);

/* Join the flight; TI_FLIGHT_LEAD where nothing is shared between processes. */
ti_joined_t ti_singleflight_join(ti_flight_t *flight, const ti_world_t *world,
                                 const ti_flight_plan_t *plan);

/* End a flight that one leads, with the notice for its followers. A NULL
 * outcome: nobody was asked. Returns what ti_flight_end does. */
int ti_singleflight_end(const ti_world_t *world, const ti_flight_t *flight,
                        const ti_notice_t *notice, const ti_outcome_t *outcome);

#endif
