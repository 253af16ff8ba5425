/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/document.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/ask.h"
#include "traffic/flight.h"
#include "base/messages.h"
#include "traffic/seat.h"
#include "ask/server.h"

static int recall(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const ti_key_t *key);
static void fetch(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const ti_key_t *key);
static ti_boarding_t board(ti_flight_t *flight, const ti_world_t *world,
                           const ti_question_t *question, const ti_key_t *key);
static void give_up(ti_outcome_t *outcome);

void ti_document_keys(ti_outcome_t *outcome, const ti_world_t *world,
                      const ti_question_t *question)
{
    const ti_server_t *server = question->server;
    ti_flight_t flight = {0};
    ti_landing_t landing = {0};
    ti_key_t key;

    memset(outcome, 0, sizeof(*outcome));
    give_up(outcome);
    if (ti_key_derive(&key, server->documents, server->jwks_url,
                      strlen(server->jwks_url)) != APR_SUCCESS ||
        recall(outcome, world, question, &key)) {
        return;
    }
    ti_seat_take(world->seats);
    switch (board(&flight, world, question, &key)) {
    case TI_FLIGHT_LEAD:
        if (!recall(outcome, world, question, &key)) {
            fetch(outcome, world, question, &key);
        }
        if (outcome->kind != TI_KIND_DOCUMENT) {
            landing.verdict = outcome->verdict;
        }
        if (world->flights != NULL) {
            ti_flight_land(world->flights, &flight, &landing, TI_HEARD_NOTHING,
                           0);
        }
        break;
    case TI_FLIGHT_LANDED:
        recall(outcome, world, question, &key);
        break;
    default:
        break;
    }
    ti_seat_give(world->seats);
}

static int recall(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const ti_key_t *key)
{
    ti_entry_t entry;

    if (world->cache == NULL ||
        world->cache->fetch(world->cache, &entry, key, world->steady(),
                            question->p) != APR_SUCCESS) {
        return 0;
    }
    if (entry.kind == TI_KIND_INACTIVE) {
        outcome->cause = "it could not be fetched a moment ago";
        outcome->retry_after = entry.expires - world->steady();
        return 1;
    }
    if (entry.kind != TI_KIND_DOCUMENT) {
        return 0;
    }
    outcome->kind = TI_KIND_DOCUMENT;
    outcome->body = apr_pstrmemdup(question->p, entry.bytes, entry.size);
    outcome->answered = entry.answered;
    return 1;
}

static void fetch(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const ti_key_t *key)
{
    ti_entry_t entry = {0};

    ti_ask_keys(outcome, world, question);
    if (world->cache == NULL || outcome->message == TI_MSG_ABORTED ||
        outcome->message == TI_MSG_INTERNAL) {
        return;
    }
    entry.answered = outcome->answered;
    if (outcome->kind == TI_KIND_DOCUMENT) {
        entry.kind = TI_KIND_DOCUMENT;
        entry.expires = outcome->answered + TI_DOCUMENT_MAX_AGE;
        entry.bytes = outcome->body;
        entry.size = strlen(outcome->body);
    } else {
        entry.kind = TI_KIND_INACTIVE;
        entry.expires =
            world->steady() + (outcome->retry_after < TI_DOCUMENT_MAX_AGE
                                   ? outcome->retry_after
                                   : TI_DOCUMENT_MAX_AGE);
    }
    world->cache->store(world->cache, key, &entry, outcome->answered,
                        question->p);
}

static ti_boarding_t board(ti_flight_t *flight, const ti_world_t *world,
                           const ti_question_t *question, const ti_key_t *key)
{
    const ti_server_t *server = question->server;
    ti_flight_plan_t plan = {0};

    if (world->flights == NULL) {
        return TI_FLIGHT_LEAD;
    }
    plan.key = key;
    plan.server = server->index;
    plan.cap = (apr_uint32_t)server->calls_max;
    plan.lease = server->timeout + apr_time_from_sec(1);
    plan.wait = server->timeout;
    plan.patience = server->timeout / 2;
    plan.known = 1;
    plan.seats = world->seats;
    return ti_flight_board(flight, world->flights, &plan);
}

static void give_up(ti_outcome_t *outcome)
{
    outcome->verdict = TI_UNAVAILABLE;
    outcome->message = TI_MSG_JWKS;
    outcome->cause = "the key set could not be fetched";
    outcome->retry_after = apr_time_from_sec(5);
}
