/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/inquiry.h"

#include <string.h>

#include "ask/ask.h"
#include "ask/tally.h"
#include "traffic/flight.h"
#include "traffic/lane.h"
#include "traffic/mark.h"
#include "verify/answer.h"
#include "base/messages.h"
#include "base/metric.h"
#include "verify/refresh.h"
#include "verify/refresher.h"
#include "traffic/waiters.h"
#include "verify/stale.h"

/* How often one request goes back to look or ask after a flight ended
 * without an answer that it can use. */
#define TRIES 3

/* Grace for a leader beyond its own time limit, before others take over. */
#define LEASE_GRACE apr_time_from_sec(1)

/* What clients are told to wait: a place is free soon. */
#define TURN_RETRY_AFTER apr_time_from_sec(1)

static int is_renewed(const ti_answer_t *memory, const ti_world_t *world,
                      const ti_question_t *question, const ti_key_t *key);
static int fly(ti_result_t *result, const ti_world_t *world,
               const ti_question_t *question,
               const ti_flight_plan_t *flight_plan, apr_time_t until);
static int remembered(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, const ti_key_t *key,
                      apr_time_t answered, apr_time_t arrived);
static void plan(ti_flight_plan_t *flight_plan, const ti_world_t *world,
                 const ti_question_t *question, const ti_key_t *key);
static int end_flight(const ti_world_t *world, const ti_flight_t *flight,
                      const ti_notice_t *notice, const ti_outcome_t *outcome);
static ti_joined_t join(ti_flight_t *flight, const ti_world_t *world,
                        const ti_flight_plan_t *flight_plan);
static void lead(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question,
                 const ti_flight_plan_t *flight_plan, const ti_flight_t *flight,
                 apr_time_t until);
static void conclude(ti_result_t *result, const ti_question_t *question,
                     const ti_outcome_t *outcome, apr_time_t now);
static void turn_away(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, ti_joined_t joined);
static void refuse(ti_result_t *result, const ti_notice_t *notice,
                   const char *cause);

void ti_inquiry_make(ti_result_t *result, const ti_world_t *world,
                     const ti_question_t *question, const ti_key_t *key,
                     const ti_answer_t *old)
{
    apr_time_t until = world->steady() + question->server->timeout;
    ti_notice_t late = {TI_UNAVAILABLE, TI_MSG_LATE, TI_RETRY_AFTER, 0, 0};
    ti_flight_plan_t flight_plan;
    int settled = 0;
    int tries;

    plan(&flight_plan, world, question, key);
    refuse(result, &late, "no answer came within IntrospectTimeout");
    ti_waiters_add(world->waiters);
    for (tries = 0; tries < TRIES && !settled && world->steady() < until;
         tries++) {
        flight_plan.wait = until - world->steady();
        settled = fly(result, world, question, &flight_plan, until);
        /* what others find out cannot be kept: then each asks alone */
        flight_plan.unshared = flight_plan.unshared || tries > 0;
    }
    ti_waiters_remove(world->waiters);
    if (result->verdict == TI_UNAVAILABLE && old->state == TI_ANSWER_STALE) {
        ti_stale_serve(result, world, question, key);
    }
}

int ti_inquiry_renew(const ti_world_t *world, const ti_question_t *question,
                     const ti_key_t *key)
{
    ti_flight_plan_t flight_plan;
    ti_flight_t flight = {0};
    ti_question_t renewal;
    ti_joined_t joined;
    ti_outcome_t outcome;
    ti_answer_t memory;
    int is_done;

    if (ti_flight_busy(world->flights, key, world->steady(),
                       TI_REFRESH_PAUSE)) {
        return 1;
    }
    plan(&flight_plan, world, question, key);
    flight_plan.wait = 0;
    flight_plan.extra = flight_plan.cap < 8 ? 1 : flight_plan.cap / 4;
    joined = join(&flight, world, &flight_plan);
    if (joined != TI_FLIGHT_LEAD) {
        return joined == TI_FLIGHT_LATE; /* somebody else is at it */
    }
    ti_answer_recall_near(&memory, world, question, key);
    if (is_renewed(&memory, world, question, key) ||
        (ti_answer_look_behind(&memory, world, question, key) &&
         is_renewed(&memory, world, question, key))) {
        end_flight(world, &flight, &(ti_notice_t){0}, NULL); /* was faster */
        return 1;
    }
    renewal = *question;
    renewal.renewal = 1;
    lead(&outcome, world, &renewal, &flight_plan, &flight,
         world->steady() + question->server->timeout);
    is_done =
        outcome.kind == TI_KIND_CLAIMS || outcome.kind == TI_KIND_INACTIVE;
    ti_metric_add(world->metrics, question->server->row,
                  TI_WORD_REFRESHED + !is_done, 1);
    return is_done;
}

/* By another process, or by another machine. */
static int is_renewed(const ti_answer_t *memory, const ti_world_t *world,
                      const ti_question_t *question, const ti_key_t *key)
{
    return memory->state == TI_ANSWER_FRESH &&
           !ti_refresh_due(world, question, key, &memory->entry,
                           world->steady());
}

/* One flight, as its leader or one who waits. Nonzero: *result is final. */
static int fly(ti_result_t *result, const ti_world_t *world,
               const ti_question_t *question,
               const ti_flight_plan_t *flight_plan, apr_time_t until)
{
    static const ti_notice_t nothing;
    const ti_key_t *key = flight_plan->key;
    apr_time_t came = world->steady();
    ti_flight_t flight = {0};
    ti_joined_t joined = join(&flight, world, flight_plan);
    ti_outcome_t outcome;

    if (joined != TI_FLIGHT_LEAD) {
        ti_metric_time(world->metrics, question->server->row, TI_WORD_WAITED,
                       world->steady() - came);
    }

    switch (joined) {
    case TI_FLIGHT_LEAD:
        /* it may have been remembered since we looked */
        if (remembered(result, world, question, key, 0, 0)) {
            end_flight(world, &flight, &nothing, NULL);
            return 1;
        }
        lead(&outcome, world, question, flight_plan, &flight, until);
        conclude(result, question, &outcome, world->clock());
        return 1;
    case TI_FLIGHT_ENDED:
        if (flight.notice.verdict != TI_UNDECIDED) {
            if (!ti_notice_concerns(&flight.notice,
                                    ti_server_proves_by(question->server))) {
                return 0;
            }
            refuse(result, &flight.notice, "as for the request that asked");
            result->source = TI_SOURCE_WAITED;
            return 1;
        }
        return remembered(result, world, question, key, flight.notice.answered,
                          until - question->server->timeout);
    case TI_FLIGHT_LATE: /* as was said before */
        ti_metric_add(world->metrics, question->server->row,
                      TI_WORD_REFUSED + TI_REFUSED_TIMEOUT, 1);
        return 1;
    default:
        turn_away(result, world, question, joined);
        return 1;
    }
}

/* Answered from memory, or by the flight that brought what was `answered`
 * then? */
static int remembered(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, const ti_key_t *key,
                      apr_time_t answered, apr_time_t arrived)
{
    ti_answer_t memory;

    ti_answer_recall_near(&memory, world, question, key);
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
    flight_plan->patience = server->timeout / 2;
    flight_plan->was_active = question->was_active;
    flight_plan->lane = ti_lane_of(question->client, server->tokens, key);
    flight_plan->waiters = world->waiters;
    /* who must have an answer of its own shares none */
    flight_plan->unshared = question->policy->max_age == 0 ||
                            server->cache_max_age == 0 || world->cache == NULL;
}

static ti_joined_t join(ti_flight_t *flight, const ti_world_t *world,
                        const ti_flight_plan_t *flight_plan)
{
    if (world->flights == NULL) {
        return TI_FLIGHT_LEAD;
    }
    return ti_flight_join(flight, world->flights, flight_plan);
}

/* Ask, remember, tell those who wait. */
static void lead(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question,
                 const ti_flight_plan_t *flight_plan, const ti_flight_t *flight,
                 apr_time_t until)
{
    ti_notice_t notice = {0};
    apr_time_t soon = world->steady() + flight->limit;
    int mode;

    ti_ask(outcome, world, question,
           flight->limit > 0 && soon < until ? soon : until);
    ti_answer_keep(world, question, flight_plan->key, outcome);
    notice.by = ti_server_proves_by(question->server);
    if (outcome->kind == TI_KIND_INACTIVE) {
        notice.verdict = TI_INACTIVE;
        notice.message = TI_MSG_INACTIVE;
    } else if (outcome->kind == TI_KIND_CLAIMS) {
        notice.answered = outcome->answered;
        ti_mark_set(world->marks, flight_plan->key, world->steady());
    } else if (outcome->message != TI_MSG_ABORTED &&
               (!outcome->hurried || flight->limit > 0)) {
        /* who goes down, or had hardly any time, speaks for itself only */
        notice.verdict = outcome->verdict;
        notice.message = outcome->message;
        notice.retry_after = outcome->retry_after;
    }
    mode = end_flight(world, flight, &notice, outcome);
    if (mode >= 0) {
        ti_tally_turned(world, question->server, (ti_mode_t)mode);
        ti_ask_tell(world, question, (ti_mode_t)mode, outcome);
    }
}

/* Returns what ti_flight_end does. */
static int end_flight(const ti_world_t *world, const ti_flight_t *flight,
                      const ti_notice_t *notice, const ti_outcome_t *outcome)
{
    if (world->flights == NULL) {
        return -1;
    }
    return ti_flight_end(world->flights, flight, notice,
                         outcome != NULL ? outcome->heard : TI_HEARD_NOTHING,
                         outcome != NULL ? outcome->took : 0);
}

static void conclude(ti_result_t *result, const ti_question_t *question,
                     const ti_outcome_t *outcome, apr_time_t now)
{
    memset(result, 0, sizeof(*result));
    result->source = TI_SOURCE_ASKED;
    result->moment.wall = now;
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

/* Neither asked nor heard of an answer. */
static void turn_away(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, ti_joined_t joined)
{
    static const struct {
        int message;
        ti_metric_refused_t counted;
        const char *cause;
    } why[] = {
        [TI_FLIGHT_FULL] = {TI_MSG_FULL, TI_REFUSED_LIMIT,
                            "no place of IntrospectCallsMax became free in "
                            "time"},
        [TI_FLIGHT_PACED] = {TI_MSG_PACED, TI_REFUSED_BREAKER,
                             "fewer questions go to it since it brings no "
                             "answers, and it was the turn of others"},
        [TI_FLIGHT_CROWDED] = {TI_MSG_CROWDED, TI_REFUSED_WORKERS,
                               "it is slow, or was not heard, and nearly all "
                               "workers wait already"},
        [TI_FLIGHT_STUCK] = {TI_MSG_STUCK, TI_REFUSED_LOCK,
                             "a process of this httpd stands still (a "
                             "debugger, SIGSTOP) while it holds the lock of "
                             "what processes share; end it"},
    };
    ti_notice_t notice = {TI_UNAVAILABLE, why[joined].message, TURN_RETRY_AFTER,
                          0, 0};

    ti_metric_add(world->metrics, question->server->row,
                  TI_WORD_REFUSED + (int)why[joined].counted, 1);
    ti_ask_warn(world, question, why[joined].message,
                "Turning requests away that need", why[joined].cause);
    refuse(result, &notice, why[joined].cause);
}

static void refuse(ti_result_t *result, const ti_notice_t *notice,
                   const char *cause)
{
    memset(result, 0, sizeof(*result));
    result->verdict = notice->verdict;
    result->message = notice->message;
    result->retry_after = notice->retry_after;
    result->cause = cause;
}
