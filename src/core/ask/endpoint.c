/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/endpoint.h"

#include "ask/server.h"
#include "ask/tally.h"
#include "base/messages.h"
#include "http/address.h"
#include "traffic/breaker.h"
#include "traffic/flights.h"

static ti_breaker_t *breaker_of(const ti_world_t *world,
                                const ti_server_t *server, int i);

int ti_endpoint_admits(const ti_world_t *world, const ti_server_t *server,
                       int i)
{
    return ti_breaker_admits(breaker_of(world, server, i), world->steady());
}

void ti_endpoint_report(const ti_world_t *world, const ti_question_t *question,
                        const ti_outcome_t *outcome, int i)
{
    const ti_server_t *server = question->server;
    const char *url = APR_ARRAY_IDX(server->endpoints, i, const char *);
    ti_breaker_t *breaker = breaker_of(world, server, i);

    if (outcome->feedback == TI_FEEDBACK_UNSENT ||
        outcome->feedback == TI_FEEDBACK_UNCONNECTED) {
        if (ti_breaker_fail(breaker, world->steady())) {
            ti_tally_breaker(world, server, i, TI_BREAKER_OPEN);
            ti_log(question->log, TI_LOG_WARNING, TI_MSG_SLOWER,
                   "Asking other endpoints before %s. Last failure: %s",
                   ti_address_shown(url, question->p), outcome->cause);
        }
    } else if (outcome->feedback != TI_FEEDBACK_NONE &&
               ti_breaker_close(breaker)) {
        ti_tally_breaker(world, server, i, TI_BREAKER_CLOSED);
        ti_log(question->log, TI_LOG_WARNING, TI_MSG_AS_BEFORE,
               "Asking %s again: it can be connected to",
               ti_address_shown(url, question->p));
    }
}

/* NULL where there is no other to ask. */
static ti_breaker_t *breaker_of(const ti_world_t *world,
                                const ti_server_t *server, int i)
{
    return server->endpoints->nelts > 1
               ? ti_flights_breaker(world->flights, server->number,
                                    server->ranks[i])
               : NULL;
}
