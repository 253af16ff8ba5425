/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/ask.h"

#include <string.h>

#include <apr_strings.h>

#include "traffic/breaker.h"
#include "base/count.h"
#include "http/http.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "ask/advice.h"
#include "ask/request.h"
#include "ask/server.h"

/* What clients are told to wait when nobody else said. */
#define RETRY_AFTER apr_time_from_sec(5)

/* A probe may take so much longer than the question's own limit. */
#define PROBE_GRACE apr_time_from_sec(1)

static void give_up(ti_outcome_t *outcome);
static void bound(ti_http_request_t *request, const ti_server_t *server,
                  apr_interval_time_t left);
static int ask_endpoint(ti_outcome_t *outcome, const ti_world_t *world,
                        const ti_question_t *question, const ti_key_t *key,
                        ti_http_request_t *request, int i);
static int is_accepted(const ti_server_t *server);
static void note_accepted(const ti_server_t *server);
static int is_final(const ti_http_response_t *answer);
static void report(const ti_world_t *world, const ti_question_t *question,
                   const ti_key_t *key, const ti_outcome_t *outcome, int i);
static void log_failure(const ti_world_t *world, const ti_question_t *question,
                        const char *url, const ti_outcome_t *outcome);

void ti_ask(ti_outcome_t *outcome, const ti_world_t *world,
            const ti_question_t *question, const ti_key_t *key,
            apr_time_t until)
{
    const ti_server_t *server = question->server;
    apr_time_t start = world->steady();
    apr_interval_time_t soonest = TI_BREAKER_ASKED_MAX;
    ti_http_request_t request = {0};
    int final = 0;
    int i;

    memset(outcome, 0, sizeof(*outcome));
    give_up(outcome);
    ti_request_compose(&request, question);
    for (i = 0; !final && i < server->endpoints->nelts; i++) {
        apr_interval_time_t left = until - world->steady();

        if (left <= 0) {
            break;
        }
        bound(&request, server, left);
        final = ask_endpoint(outcome, world, question, key, &request, i);
        if (outcome->verdict == TI_UNAVAILABLE && outcome->retry_after == 0) {
            outcome->retry_after = RETRY_AFTER;
        }
        soonest =
            outcome->retry_after < soonest ? outcome->retry_after : soonest;
    }
    if (outcome->verdict == TI_UNAVAILABLE && i > 0) {
        outcome->retry_after = soonest;
    }
    outcome->answered = start;
}

void ti_ask_keys(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question)
{
    const ti_server_t *server = question->server;
    ti_http_request_t request = {0};
    ti_http_response_t answer;

    memset(outcome, 0, sizeof(*outcome));
    outcome->answered = world->steady();
    request.url = server->jwks_url;
    request.accept = "application/jwk-set+json, application/json";
    request.headers = server->headers;
    bound(&request, server, server->timeout);
    world->http->exchange(world->http, &answer, &request, question->p);
    ti_outcome_read_keys(outcome, &answer, question->p);
    if (outcome->kind == TI_KIND_NONE) {
        outcome->retry_after =
            outcome->retry_after > 0 ? outcome->retry_after : RETRY_AFTER;
        log_failure(world, question, request.url, outcome);
    }
}

int ti_ask_strained(const ti_world_t *world, const ti_server_t *server)
{
    int i;

    for (i = 0; world->breakers != NULL && i < server->endpoints->nelts; i++) {
        if (!ti_breaker_strained(world->breakers, server->health[i])) {
            return 0;
        }
    }
    return world->breakers != NULL && server->endpoints->nelts > 0;
}

void ti_ask_warn(const ti_world_t *world, const ti_question_t *question,
                 int message, const char *what, const char *why)
{
    ti_line_t line = {TI_LOG_WARNING, message, NULL, NULL};

    if (!ti_log_on(question->log, line.level)) {
        return;
    }
    line.subject = APR_ARRAY_IDX(question->server->endpoints, 0, const char *);
    line.text =
        apr_pstrcat(question->p, what, " ", line.subject, ": ", why, NULL);
    ti_ratelimit_log(world->pace, world->steady(), question->log, &line);
}

/* What is said when there is no time left to ask anybody. */
static void give_up(ti_outcome_t *outcome)
{
    outcome->verdict = TI_UNAVAILABLE;
    outcome->message = TI_MSG_LATE;
    outcome->cause = "no time was left to ask";
    outcome->retry_after = RETRY_AFTER;
}

static void bound(ti_http_request_t *request, const ti_server_t *server,
                  apr_interval_time_t left)
{
    request->route = &server->route;
    request->timeout = left;
    request->connect_timeout =
        server->connect_timeout < left ? server->connect_timeout : left;
    request->size_max = TI_BODY_MAX;
}

/* Nonzero: this endpoint's word is final; zero: another may be tried. */
static int ask_endpoint(ti_outcome_t *outcome, const ti_world_t *world,
                        const ti_question_t *question, const ti_key_t *key,
                        ti_http_request_t *request, int i)
{
    const ti_server_t *server = question->server;
    ti_http_response_t answer;
    ti_breaker_ask_t asking = {0};
    ti_gate_t gate = TI_GATE_OPEN;
    apr_interval_time_t wait = 0;

    memset(outcome, 0, sizeof(*outcome));
    request->url = APR_ARRAY_IDX(server->endpoints, i, const char *);
    asking.now = world->steady();
    asking.lease = server->timeout + PROBE_GRACE;
    asking.known = question->known;
    if (world->breakers != NULL) {
        gate =
            ti_breaker_ask(world->breakers, server->health[i], &asking, &wait);
    }
    if (gate == TI_GATE_SHUT) {
        ti_count(world->counts, TI_COUNT_REFUSED_BREAKER);
        outcome->verdict = TI_UNAVAILABLE;
        outcome->message = TI_MSG_SHUT;
        outcome->cause = "it is left alone for a while after its failures";
        outcome->retry_after = wait;
        return 0;
    }

    ti_count(world->counts, TI_COUNT_ASKS);
    world->http->exchange(world->http, &answer, request, question->p);
    ti_outcome_read(outcome, &answer, is_accepted(server), question->p);
    if (outcome->kind != TI_KIND_NONE && answer.status == 200) {
        note_accepted(server);
    }
    outcome->took = answer.took;
    outcome->probe = gate == TI_GATE_PROBE;
    outcome->spoke = answer.failure == TI_HTTP_OK;
    outcome->unsent = !outcome->spoke && !answer.sent;
    ti_log(question->log, TI_LOG_DEBUG, TI_MSG_ASKED,
           "Asked %s: HTTP %d in %" APR_TIME_T_FMT " us, %" APR_SIZE_T_FMT
           " bytes%s",
           request->url, answer.status, answer.took, answer.length,
           answer.reused ? ", kept-alive" : "");
    outcome->hurried = answer.failure == TI_HTTP_TIMEOUT &&
                       request->timeout < server->timeout / 2;
    if (answer.failure != TI_HTTP_ABORTED &&
        answer.failure != TI_HTTP_INTERNAL && !outcome->hurried) {
        report(world, question, key, outcome, i);
    }
    if (outcome->kind == TI_KIND_NONE) {
        log_failure(world, question, request->url, outcome);
    }
    return is_final(&answer);
}

/* Has it answered a question with these credentials? */
static int is_accepted(const ti_server_t *server)
{
    return server->accepted != NULL &&
           __atomic_load_n(server->accepted, __ATOMIC_RELAXED) != 0;
}

static void note_accepted(const ti_server_t *server)
{
    if (server->accepted != NULL && !is_accepted(server)) {
        __atomic_store_n(server->accepted, 1, __ATOMIC_RELAXED);
    }
}

/* Where nothing was sent to one endpoint, the question may go to another. What
 * went wrong here would go wrong there. */
static int is_final(const ti_http_response_t *answer)
{
    return answer->sent || answer->failure == TI_HTTP_OK ||
           answer->failure == TI_HTTP_ABORTED ||
           answer->failure == TI_HTTP_INTERNAL;
}

/* Tell the endpoint's breaker, and the log when that changed its state. */
static void report(const ti_world_t *world, const ti_question_t *question,
                   const ti_key_t *key, const ti_outcome_t *outcome, int i)
{
    const ti_server_t *server = question->server;
    const char *url = APR_ARRAY_IDX(server->endpoints, i, const char *);
    ti_breaker_event_t event = {0};
    apr_uint32_t random = 0;

    if (world->breakers == NULL) {
        return;
    }
    if (outcome->trouble) {
        ti_key_random(&random, sizeof(random));
    }
    event.trouble = outcome->trouble;
    event.probe = outcome->probe;
    event.spoke = outcome->spoke;
    event.unsent = outcome->unsent;
    event.key = key;
    event.now = world->steady();
    event.retry_after = outcome->retry_after;
    event.took = outcome->took;
    event.random = random;
    switch (ti_breaker_report(world->breakers, server->health[i], &event)) {
    case TI_CHANGE_SHUT:
        ti_log(question->log, TI_LOG_WARNING, TI_MSG_BREAKER_SHUT,
               "Leaving %s alone for a while. The latest trouble: %s", url,
               outcome->cause);
        break;
    case TI_CHANGE_OPENED:
        ti_log(question->log, TI_LOG_WARNING, TI_MSG_BREAKER_OPENED,
               "Asking %s again: it answers", url);
        break;
    default:
        break;
    }
}

static void log_failure(const ti_world_t *world, const ti_question_t *question,
                        const char *url, const ti_outcome_t *outcome)
{
    ti_line_t line = {TI_LOG_WARNING, outcome->message, url, NULL};

    if (outcome->verdict == TI_MISCONFIGURED) {
        line.level = TI_LOG_ERROR;
    } else if (outcome->message == TI_MSG_ABORTED) {
        line.level = TI_LOG_INFO;
    }
    if (question->server->client_id != NULL) {
        line.subject = apr_pstrcat(question->p, url, " ",
                                   question->server->client_id, NULL);
    }
    line.text =
        apr_pstrcat(question->p, "Could not use ", url, ": ", outcome->cause,
                    ti_advice_for(question, outcome), NULL);
    ti_ratelimit_log(world->pace, world->steady(), question->log, &line);
}
