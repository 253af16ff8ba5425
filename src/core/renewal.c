/* SPDX-License-Identifier: Apache-2.0 */
#include "renewal.h"

#include "breaker.h"
#include "flight.h"
#include "refresher.h"
#include "server.h"

/* Nothing is renewed in the first such part of its life, or a slow server would
 * be asked without end. */
#define EARLIEST 4

/* Pause before a renewal is tried again after one failed. */
#define PAUSE apr_time_from_sec(2)

static apr_interval_time_t ripe_after(const ti_world_t *world,
                                      const ti_server_t *server,
                                      const ti_key_t *key);

int ti_renewal_due(const ti_world_t *world, const ti_question_t *question,
                   const ti_key_t *key, const ti_entry_t *entry, apr_time_t now)
{
    const ti_server_t *server = question->server;

    return now - entry->answered >= server->cache_max_age / EARLIEST &&
           server->refresh > 0 && entry->kind == TI_KIND_CLAIMS &&
           entry->expires >= entry->answered + server->cache_max_age &&
           now - entry->answered >= ripe_after(world, server, key);
}

void ti_renewal_start(const ti_world_t *world, const ti_question_t *question,
                      const ti_key_t *key, const ti_entry_t *entry,
                      apr_time_t now)
{
    if (world->refresher == NULL || !question->server->lasting ||
        !ti_renewal_due(world, question, key, entry, now) ||
        ti_flight_busy(world->flights, key, now, PAUSE)) {
        return;
    }
    ti_refresher_add(world->refresher, world, question, key);
}

/* The age at which an answer is renewed. Spread by the key: not all tokens of
 * one moment at one moment. So early that there is time for twice the wait
 * that this server is known for. */
static apr_interval_time_t ripe_after(const ti_world_t *world,
                                      const ti_server_t *server,
                                      const ti_key_t *key)
{
    apr_interval_time_t cap = server->cache_max_age;
    int percent = server->refresh - key->bytes[TI_KEY_SIZE - 1] % 10;
    apr_interval_time_t usual = cap / 100 * percent;
    apr_interval_time_t latest;

    if (world->breakers == NULL) {
        return usual;
    }
    latest = cap - 2 * ti_breaker_wait(world->breakers, server->index);
    if (latest >= usual) {
        return usual;
    }
    return latest > cap / EARLIEST ? latest : cap / EARLIEST;
}
