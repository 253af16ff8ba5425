/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/singleflight.h"

#include <string.h>

#include "ask/server.h"

/* Grace for a leader beyond its own time limit, before others take over. */
#define LEASE_GRACE apr_time_from_sec(1)

void ti_singleflight_plan(ti_flight_plan_t *plan, const ti_world_t *world,
                          const ti_question_t *question, const ti_key_t *key)
{
    const ti_server_t *server = question->server;

    memset(plan, 0, sizeof(*plan));
    plan->key = key;
    plan->server = server->number;
    plan->cap = (apr_uint32_t)server->calls_max;
    plan->lease = server->timeout + LEASE_GRACE;
    plan->wait = server->timeout;
    plan->patience = server->timeout / 2;
    plan->was_active = question->was_active;
    plan->waiters = world->waiters;
}

ti_joined_t ti_singleflight_join(ti_flight_t *flight, const ti_world_t *world,
                                 const ti_flight_plan_t *plan)
{
    return world->flights != NULL ? ti_flight_join(flight, world->flights, plan)
                                  : TI_FLIGHT_LEAD;
}

int ti_singleflight_end(const ti_world_t *world, const ti_flight_t *flight,
                        const ti_notice_t *notice, const ti_outcome_t *outcome)
{
    if (world->flights == NULL) {
        return -1;
    }
    return ti_flight_end(world->flights, flight, notice,
                         outcome != NULL ? outcome->feedback : TI_FEEDBACK_NONE,
                         outcome != NULL ? outcome->took : 0);
}
