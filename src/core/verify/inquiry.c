/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/inquiry.h"

#include <string.h>

#include "ask/ask.h"
#include "ask/singleflight.h"
#include "ask/tally.h"
#include "ask/trouble.h"
#include "base/messages.h"
#include "base/metric.h"
#include "traffic/actives.h"
#include "traffic/lane.h"
#include "traffic/waiters.h"
#include "verify/answer.h"
#include "verify/refresh.h"
#include "verify/refresher.h"
#include "verify/stale.h"

/* How often one request goes back to look or ask after a flight ended
 * without an answer that it can use. */
#define TRIES 3

/* The Retry-After for clients: a permit will soon be free. */
#define TURN_RETRY_AFTER apr_time_from_sec(1)

static int is_renewed(const ti_answer_t *answer, const ti_world_t *world,
                      const ti_question_t *question);
static int join(ti_result_t *result, const ti_world_t *world,
                const ti_question_t *question,
                const ti_flight_plan_t *flight_plan);
static int remembered(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, apr_time_t answered);
static void plan_flight(ti_flight_plan_t *flight_plan, const ti_world_t *world,
                        const ti_question_t *question);
static void lead(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question, const ti_flight_t *flight);
static void conclude(ti_result_t *result, const ti_question_t *question,
                     const ti_outcome_t *outcome, apr_time_t now);
static void turn_away(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, ti_joined_t joined);
static void refuse(ti_result_t *result, const ti_notice_t *notice,
                   const char *cause);

void ti_inquiry_make(ti_result_t *result, const ti_world_t *world,
                     ti_question_t *question, const ti_answer_t *old)
{
    ti_notice_t late = {TI_UNAVAILABLE, TI_MSG_LATE, TI_RETRY_AFTER, 0, 0};
    ti_flight_plan_t flight_plan;
    int settled = 0;
    int tries;

    question->until = world->steady() + question->server->timeout;
    plan_flight(&flight_plan, world, question);
    refuse(result, &late, "no answer came within IntrospectTimeout");
    ti_waiters_add(world->waiters);
    for (tries = 0;
         tries < TRIES && !settled && world->steady() < question->until;
         tries++) {
        flight_plan.wait = question->until - world->steady();
        settled = join(result, world, question, &flight_plan);
        /* others' answers cannot be kept, so each request asks alone */
        flight_plan.unshared = flight_plan.unshared || tries > 0;
    }
    ti_waiters_remove(world->waiters);
    if (result->verdict == TI_UNAVAILABLE && old->state == TI_ANSWER_STALE) {
        ti_stale_serve(result, world, question);
    }
}

int ti_inquiry_renew(const ti_world_t *world, ti_question_t *question)
{
    ti_flight_plan_t flight_plan;
    ti_flight_t flight = {0};
    ti_joined_t joined;
    ti_outcome_t outcome;
    ti_answer_t answer;
    int is_done;

    if (ti_flight_busy(world->flights, &question->key, world->steady(),
                       TI_REFRESH_PAUSE)) {
        return 1;
    }
    plan_flight(&flight_plan, world, question);
    flight_plan.wait = 0;
    flight_plan.extra = flight_plan.cap < 8 ? 1 : flight_plan.cap / 4;
    joined = ti_singleflight_join(&flight, world, &flight_plan);
    if (joined != TI_FLIGHT_LEAD) {
        return joined == TI_FLIGHT_LATE; /* another request asks */
    }
    ti_answer_recall_local(&answer, world, question);
    if (is_renewed(&answer, world, question) ||
        (ti_answer_recall_younger(&answer, world, question) &&
         is_renewed(&answer, world, question))) {
        ti_singleflight_end(world, &flight, &(ti_notice_t){0}, NULL);
        return 1; /* was faster */
    }
    question->until = world->steady() + question->server->timeout;
    question->renewal = 1;
    lead(&outcome, world, question, &flight);
    is_done =
        outcome.kind == TI_KIND_CLAIMS || outcome.kind == TI_KIND_INACTIVE;
    ti_metric_add(world->metrics, question->server->row,
                  TI_WORD_REFRESHED + !is_done, 1);
    return is_done;
}

/* By another process, or by another machine. */
static int is_renewed(const ti_answer_t *answer, const ti_world_t *world,
                      const ti_question_t *question)
{
    return answer->state == TI_ANSWER_FRESH &&
           !ti_refresh_due(world, question, &answer->entry, world->steady());
}

/* One flight, as its leader or a follower. Nonzero: *result is final. */
static int join(ti_result_t *result, const ti_world_t *world,
                const ti_question_t *question,
                const ti_flight_plan_t *flight_plan)
{
    static const ti_notice_t nothing;
    apr_time_t came = world->steady();
    ti_flight_t flight = {0};
    ti_joined_t joined = ti_singleflight_join(&flight, world, flight_plan);
    ti_outcome_t outcome;

    if (joined != TI_FLIGHT_LEAD) {
        ti_metric_time(world->metrics, question->server->row, TI_WORD_WAITED,
                       world->steady() - came);
    }

    switch (joined) {
    case TI_FLIGHT_LEAD:
        /* it may have been remembered since we looked */
        if (remembered(result, world, question, 0)) {
            ti_singleflight_end(world, &flight, &nothing, NULL);
            return 1;
        }
        lead(&outcome, world, question, &flight);
        conclude(result, question, &outcome, world->clock());
        return 1;
    case TI_FLIGHT_ENDED:
        if (flight.notice.verdict != TI_UNDECIDED) {
            if (!ti_notice_concerns(&flight.notice, ti_server_credentials_id(
                                                        question->server))) {
                return 0;
            }
            refuse(result, &flight.notice,
                   "the request that asked had the same result");
            result->source = TI_SOURCE_WAITED;
            return 1;
        }
        return remembered(result, world, question, flight.notice.answered);
    case TI_FLIGHT_LATE: /* as was said before */
        ti_metric_add(world->metrics, question->server->row,
                      TI_WORD_REFUSED + TI_REFUSED_TIMEOUT, 1);
        return 1;
    default:
        turn_away(result, world, question, joined);
        return 1;
    }
}

/* Answered from the cache, or by the flight whose answer was `answered` then?
 */
static int remembered(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, apr_time_t answered)
{
    ti_answer_t answer;

    ti_answer_recall_local(&answer, world, question);
    if (answer.state != TI_ANSWER_FRESH &&
        !ti_answer_shares(&answer, question, answered)) {
        return 0;
    }
    ti_answer_judge(result, question, &answer);
    result->source = TI_SOURCE_WAITED;
    return 1;
}

static void plan_flight(ti_flight_plan_t *flight_plan, const ti_world_t *world,
                        const ti_question_t *question)
{
    const ti_server_t *server = question->server;

    ti_singleflight_plan(flight_plan, world, question, &question->key);
    flight_plan->lane =
        ti_lane_of(question->client, server->tokens, &question->key);
    /* a request that needs its own answer shares none */
    flight_plan->unshared = question->policy->max_age == 0 ||
                            server->cache_max_age == 0 || world->cache == NULL;
}

/* Ask, remember, tell the followers. */
static void lead(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question, const ti_flight_t *flight)
{
    ti_notice_t notice = {0};
    apr_time_t soon = world->steady() + flight->limit;
    ti_question_t asked = *question;
    int mode;

    if (flight->limit > 0 && soon < asked.until) {
        asked.until = soon;
    }
    ti_ask(outcome, world, &asked);
    ti_answer_keep(world, question, outcome);
    notice.credentials = ti_server_credentials_id(question->server);
    if (outcome->kind == TI_KIND_INACTIVE) {
        notice.verdict = TI_INACTIVE;
        notice.message = TI_MSG_INACTIVE;
    } else if (outcome->kind == TI_KIND_CLAIMS) {
        notice.answered = outcome->answered;
        ti_actives_add(world->actives, &question->key, world->steady());
    } else if (outcome->message != TI_MSG_ABORTED &&
               (!outcome->timed_out_early || flight->limit > 0)) {
        /* the failure of a process that shuts down, or had hardly any time,
         * says nothing about others */
        notice.verdict = outcome->verdict;
        notice.message = outcome->message;
        notice.retry_after = outcome->retry_after;
    }
    mode = ti_singleflight_end(world, flight, &notice, outcome);
    if (mode >= 0) {
        ti_tally_mode(world, question->server, (ti_mode_t)mode);
        ti_trouble_log_mode(world, question, (ti_mode_t)mode, outcome);
    }
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

/* Refused without a question and without an answer. */
static void turn_away(ti_result_t *result, const ti_world_t *world,
                      const ti_question_t *question, ti_joined_t joined)
{
    static const struct {
        int message;
        ti_metric_refused_t counted;
        const char *cause;
    } why[] = {
        [TI_FLIGHT_FULL] = {TI_MSG_FULL, TI_REFUSED_LIMIT,
                            "IntrospectCallsMax questions were under way, and "
                            "none ended in time"},
        [TI_FLIGHT_PACED] =
            {TI_MSG_PACED, TI_REFUSED_BREAKER,
             "the authorization server gives no usable answers, so it is sent "
             "fewer questions, and this one got no turn"},
        [TI_FLIGHT_CROWDED] =
            {TI_MSG_CROWDED, TI_REFUSED_WORKERS,
             "the authorization server is slow or has not answered recently, "
             "and nearly all workers wait already"},
        [TI_FLIGHT_STUCK] = {TI_MSG_STUCK, TI_REFUSED_LOCK,
                             "a stopped process of this httpd (a debugger, "
                             "SIGSTOP) holds a lock in shared memory; end it"},
    };
    ti_notice_t notice = {TI_UNAVAILABLE, why[joined].message, TURN_RETRY_AFTER,
                          0, 0};

    ti_metric_add(world->metrics, question->server->row,
                  TI_WORD_REFUSED + (int)why[joined].counted, 1);
    ti_trouble_warn(world, question, why[joined].message,
                    "Turning away requests that need", why[joined].cause);
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
