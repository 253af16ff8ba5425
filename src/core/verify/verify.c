/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/verify.h"

#include <string.h>

#include "ask/ask.h"
#include "base/recent.h"
#include "cache/cache.h"
#include "base/count.h"
#include "traffic/flight.h"
#include "verify/answer.h"
#include "base/messages.h"
#include "verify/refresh.h"
#include "verify/refresher.h"
#include "traffic/seat.h"
#include "verify/stale.h"

/* How often one request goes back to look or ask after a flight landed
 * without an answer that it can use. */
#define TRIES 3

/* Grace for a leader beyond its own time limit, before others take over. */
#define LEASE_GRACE apr_time_from_sec(1)

/* What clients are told to wait: a place is free soon; an answer was late. */
#define FULL_RETRY_AFTER apr_time_from_sec(1)
#define LATE_RETRY_AFTER apr_time_from_sec(5)

static void find_out(ti_result_t *result, const ti_world_t *world,
                     const ti_question_t *question, const ti_key_t *key,
                     const ti_answer_t *old);
static int fly(ti_result_t *result, const ti_world_t *world,
               const ti_question_t *question,
               const ti_flight_plan_t *flight_plan, apr_time_t until);
static int remembered(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, const ti_key_t *key,
                      apr_time_t answered, apr_time_t arrived);
static void plan(ti_flight_plan_t *flight_plan, const ti_world_t *world,
                 const ti_question_t *question, const ti_key_t *key);
static void land(const ti_world_t *world, const ti_flight_t *flight,
                 const ti_landing_t *landing);
static ti_boarding_t board(ti_flight_t *flight, const ti_world_t *world,
                           const ti_flight_plan_t *flight_plan);
static void lead(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question,
                 const ti_flight_plan_t *flight_plan, const ti_flight_t *flight,
                 apr_time_t until);
static void conclude(ti_result_t *result, const ti_question_t *question,
                     const ti_outcome_t *outcome, apr_time_t now);
static void turn_away(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question,
                      const ti_landing_t *landing, const char *cause);
static void refuse(ti_result_t *result, const ti_landing_t *landing,
                   const char *cause);

void ti_verify(ti_result_t *result, apr_uint32_t *label,
               const ti_world_t *world, const ti_question_t *question)
{
    ti_question_t asked;
    ti_answer_t memory;
    apr_status_t rv;
    ti_key_t key;

    memset(result, 0, sizeof(*result));
    *label = 0;
    rv = ti_recent_key(&key, question->recent, question->server->tokens,
                       question->token, question->length);
    if (rv == APR_EINVAL) {
        result->verdict = TI_MALFORMED;
        result->message = TI_MSG_MALFORMED;
        result->cause = "the credentials are not a b64token (RFC 6750 2.1)";
        result->description = "The token has characters that no token has";
        return;
    }
    if (rv != APR_SUCCESS) {
        result->verdict = TI_UNAVAILABLE;
        result->message = TI_MSG_INTERNAL;
        result->cause = "the token's digest could not be made";
        return;
    }
    *label = ti_key_label(&key);

    ti_answer_recall(&memory, world, question, &key);
    if (memory.state == TI_ANSWER_FRESH) {
        ti_answer_judge(result, question, &memory);
        ti_count(world->counts, memory.entry.kind == TI_KIND_CLAIMS
                                    ? TI_COUNT_HITS
                                    : TI_COUNT_NEGATIVE_HITS);
        ti_refresh_start(world, question, &key, &memory.entry,
                         memory.now.steady);
        return;
    }
    if (memory.state == TI_ANSWER_STALE &&
        ti_stale_serve_at_once(result, world, question, &key, &memory)) {
        return;
    }
    ti_count(world->counts, TI_COUNT_MISSES);
    asked = *question;
    asked.known = memory.entry.kind == TI_KIND_CLAIMS;
    find_out(result, world, &asked, &key, &memory);
}

int ti_verify_refresh(const ti_world_t *world, const ti_question_t *question,
                      const ti_key_t *key)
{
    ti_flight_plan_t flight_plan;
    ti_flight_t flight = {0};
    ti_boarding_t boarding;
    ti_outcome_t outcome;
    ti_answer_t memory;

    if (ti_flight_busy(world->flights, key, world->steady(),
                       TI_REFRESH_PAUSE)) {
        return 1;
    }
    plan(&flight_plan, world, question, key);
    flight_plan.wait = 0;
    flight_plan.cap += flight_plan.cap < 8 ? 1 : flight_plan.cap / 4;
    boarding = board(&flight, world, &flight_plan);
    if (boarding != TI_FLIGHT_LEAD) {
        return boarding == TI_FLIGHT_LATE; /* somebody else is at it */
    }
    ti_answer_recall(&memory, world, question, key);
    if (memory.state == TI_ANSWER_FRESH &&
        !ti_refresh_due(world, question, key, &memory.entry, world->steady())) {
        land(world, &flight, &(ti_landing_t){0}); /* somebody was faster */
        return 1;
    }
    ti_count(world->counts, TI_COUNT_REFRESHES);
    lead(&outcome, world, question, &flight_plan, &flight,
         world->steady() + question->server->timeout);
    return outcome.kind == TI_KIND_CLAIMS || outcome.kind == TI_KIND_INACTIVE;
}

/* Ask, or wait for whoever asks. */
static void find_out(ti_result_t *result, const ti_world_t *world,
                     const ti_question_t *question, const ti_key_t *key,
                     const ti_answer_t *old)
{
    apr_time_t until = world->steady() + question->server->timeout;
    ti_landing_t late = {TI_UNAVAILABLE, TI_MSG_LATE, LATE_RETRY_AFTER, 0};
    ti_flight_plan_t flight_plan;
    int settled = 0;
    int tries;

    plan(&flight_plan, world, question, key);
    refuse(result, &late, "no answer came within IntrospectTimeout");
    ti_seat_take(world->seats);
    for (tries = 0; tries < TRIES && !settled && world->steady() < until;
         tries++) {
        flight_plan.wait = until - world->steady();
        settled = fly(result, world, question, &flight_plan, until);
        /* what others find out cannot be kept: then each asks alone */
        flight_plan.alone = flight_plan.alone || tries > 0;
    }
    ti_seat_give(world->seats);
    if (result->verdict == TI_UNAVAILABLE && old->state == TI_ANSWER_STALE) {
        ti_stale_serve(result, world, question, key);
    }
}

/* One flight, as its leader or one who waits. Nonzero: *result is final. */
static int fly(ti_result_t *result, const ti_world_t *world,
               const ti_question_t *question,
               const ti_flight_plan_t *flight_plan, apr_time_t until)
{
    static const ti_landing_t nothing;
    static const ti_landing_t full = {TI_UNAVAILABLE, TI_MSG_FULL,
                                      FULL_RETRY_AFTER, 0};
    static const ti_landing_t crowded = {TI_UNAVAILABLE, TI_MSG_CROWDED,
                                         LATE_RETRY_AFTER, 0};
    const ti_key_t *key = flight_plan->key;
    ti_flight_t flight = {0};
    ti_outcome_t outcome;

    switch (board(&flight, world, flight_plan)) {
    case TI_FLIGHT_LEAD:
        /* it may have been remembered since we looked */
        if (remembered(result, world, question, key, 0, 0)) {
            land(world, &flight, &nothing);
            return 1;
        }
        lead(&outcome, world, question, flight_plan, &flight, until);
        conclude(result, question, &outcome, world->clock());
        return 1;
    case TI_FLIGHT_LANDED:
        ti_count(world->counts, TI_COUNT_WAITS);
        if (flight.landing.verdict != TI_UNDECIDED) {
            refuse(result, &flight.landing, "as for the request that asked");
            return 1;
        }
        return remembered(result, world, question, key, flight.landing.answered,
                          until - question->server->timeout);
    case TI_FLIGHT_FULL:
        turn_away(result, world, question, &full,
                  "IntrospectCallsMax questions are on their way already");
        return 1;
    case TI_FLIGHT_CROWDED:
        turn_away(result, world, question, &crowded,
                  "it is slow, or has just failed, and nearly all workers wait "
                  "already");
        return 1;
    default:
        return 1; /* late, as was said before */
    }
}

/* Answered from memory, or by the flight that brought what was `answered`
 * then? */
static int remembered(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, const ti_key_t *key,
                      apr_time_t answered, apr_time_t arrived)
{
    ti_answer_t memory;

    ti_answer_recall(&memory, world, question, key);
    if (memory.state != TI_ANSWER_FRESH &&
        !ti_answer_shares(&memory, question, answered, arrived)) {
        return 0;
    }
    ti_answer_judge(result, question, &memory);
    result->source = TI_SOURCE_WAITED;
    return 1;
}

static void plan(ti_flight_plan_t *flight_plan, const ti_world_t *world,
                 const ti_question_t *question, const ti_key_t *key)
{
    const ti_server_t *server = question->server;

    memset(flight_plan, 0, sizeof(*flight_plan));
    flight_plan->key = key;
    flight_plan->server = server->index;
    flight_plan->cap = (apr_uint32_t)server->calls_max;
    flight_plan->lease = server->timeout + LEASE_GRACE;
    flight_plan->seats = world->seats;
    flight_plan->strained = ti_ask_strained(world, server);
    /* who must have an answer of its own shares none */
    flight_plan->alone = question->policy->max_age == 0 ||
                         server->cache_max_age == 0 || world->cache == NULL;
}

static ti_boarding_t board(ti_flight_t *flight, const ti_world_t *world,
                           const ti_flight_plan_t *flight_plan)
{
    if (world->flights == NULL) {
        return TI_FLIGHT_LEAD;
    }
    return ti_flight_board(flight, world->flights, flight_plan);
}

/* Ask, remember, tell those who wait. */
static void lead(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question,
                 const ti_flight_plan_t *flight_plan, const ti_flight_t *flight,
                 apr_time_t until)
{
    ti_landing_t landing = {0};

    ti_ask(outcome, world, question, flight_plan->key, until);
    ti_answer_keep(world, question, flight_plan->key, outcome);
    if (outcome->kind == TI_KIND_INACTIVE) {
        landing.verdict = TI_INACTIVE;
        landing.message = TI_MSG_INACTIVE;
    } else if (outcome->kind == TI_KIND_CLAIMS) {
        landing.answered = outcome->answered;
    } else if (outcome->message != TI_MSG_ABORTED && !outcome->hurried) {
        /* who goes down, or had hardly any time, speaks for itself only */
        landing.verdict = outcome->verdict;
        landing.message = outcome->message;
        landing.retry_after = outcome->retry_after;
    }
    land(world, flight, &landing);
}

static void land(const ti_world_t *world, const ti_flight_t *flight,
                 const ti_landing_t *landing)
{
    if (world->flights != NULL) {
        ti_flight_land(world->flights, flight, landing);
    }
}

static void conclude(ti_result_t *result, const ti_question_t *question,
                     const ti_outcome_t *outcome, apr_time_t now)
{
    memset(result, 0, sizeof(*result));
    result->source = TI_SOURCE_ASKED;
    result->answered = outcome->answered;
    if (outcome->kind == TI_KIND_CLAIMS) {
        ti_policy_judge(result, question->policy, outcome->claims, now);
        return;
    }
    result->verdict =
        outcome->kind == TI_KIND_INACTIVE ? TI_INACTIVE : outcome->verdict;
    result->message = outcome->message;
    result->cause = outcome->cause;
    result->retry_after = outcome->retry_after;
}

static void turn_away(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question,
                      const ti_landing_t *landing, const char *cause)
{
    ti_count(world->counts, TI_COUNT_REFUSED_FULL);
    ti_ask_warn(world, question, landing->message,
                "Turning requests away that need", cause);
    refuse(result, landing, cause);
}

static void refuse(ti_result_t *result, const ti_landing_t *landing,
                   const char *cause)
{
    memset(result, 0, sizeof(*result));
    result->verdict = landing->verdict;
    result->message = landing->message;
    result->retry_after = landing->retry_after;
    result->cause = cause;
}
