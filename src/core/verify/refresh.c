/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/refresh.h"

#include "ask/server.h"
#include "claims/policy.h"
#include "traffic/flight.h"
#include "traffic/flights.h"
#include "verify/refresher.h"

/* Nothing is renewed in this first part of its life; otherwise a slow server
 * would be asked without end. */
#define EARLIEST 4

/* Moments at which machines renew one answer. */
#define MACHINES 8

static apr_interval_time_t life_of(const ti_question_t *question);
static apr_interval_time_t ripe_after(const ti_world_t *world,
                                      const ti_question_t *question);

int ti_refresh_due(const ti_world_t *world, const ti_question_t *question,
                   const ti_entry_t *entry, apr_time_t now)
{
    apr_interval_time_t life = life_of(question);
    apr_interval_time_t age = now - entry->answered;

    return age >= life / EARLIEST && question->server->refresh > 0 &&
           entry->kind == TI_KIND_CLAIMS &&
           entry->expires >= entry->answered + life &&
           age >= ripe_after(world, question);
}

void ti_refresh_start(const ti_world_t *world, const ti_question_t *question,
                      const ti_entry_t *entry, apr_time_t now)
{
    if (world->refresher == NULL || !question->server->outlives_requests ||
        !ti_refresh_due(world, question, entry, now) ||
        ti_flight_busy(world->flights, &question->key, now, TI_REFRESH_PAUSE)) {
        return;
    }
    ti_refresher_add(world->refresher, world, question, now);
}

/* How long an answer is good for at this place. */
static apr_interval_time_t life_of(const ti_question_t *question)
{
    apr_interval_time_t cap = question->server->cache_max_age;
    apr_interval_time_t demanded = question->policy->max_age;

    return demanded >= 0 && demanded < cap ? demanded : cap;
}

/* The age at which an answer is renewed. Spread by key, so that tokens of one
 * moment are not all renewed at one moment; and by machine, so that machines
 * with one store find there what another has renewed. Early enough for twice
 * this server's usual response time. */
static apr_interval_time_t ripe_after(const ti_world_t *world,
                                      const ti_question_t *question)
{
    const ti_server_t *server = question->server;
    apr_interval_time_t life = life_of(question);
    int percent =
        server->refresh - question->key.bytes[TI_KEY_SIZE - 1] % 10 -
        (int)((world->machine ^ question->key.bytes[TI_KEY_SIZE - 2]) %
              MACHINES);
    apr_interval_time_t usual = life / 100 * percent;
    apr_interval_time_t latest;

    latest = life - 2 * ti_flights_latency(world->flights, server->number);
    if (latest >= usual) {
        return usual;
    }
    return latest > life / EARLIEST ? latest : life / EARLIEST;
}
