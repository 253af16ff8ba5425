/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/tally.h"

#include "base/messages.h"
#include "http/http.h"
#include "traffic/flights.h"

static ti_metric_cause_t cause_of(const ti_world_t *world,
                                  const ti_question_t *question);
static ti_metric_outcome_t outcome_of(const ti_outcome_t *outcome,
                                      const ti_http_response_t *response);
static ti_metric_outcome_t of_failure(ti_http_failure_t failure);

void ti_tally_exchange(const ti_world_t *world, const ti_question_t *question,
                       int endpoint, const ti_outcome_t *outcome,
                       const ti_http_response_t *response)
{
    const ti_server_t *server = question->server;
    apr_uint32_t row = server->rows[endpoint];

    if (response->failure == TI_HTTP_ABORTED ||
        response->failure == TI_HTTP_INTERNAL) {
        return;
    }
    ti_metric_add(world->metrics, row,
                  TI_WORD_ASKED + (int)cause_of(world, question) * TI_OUTCOMES +
                      (int)outcome_of(outcome, response),
                  1);
    ti_metric_time(world->metrics, row, TI_WORD_TOOK, response->took);
    if (outcome->kind != TI_KIND_NONE) {
        ti_metric_set(world->metrics, row, TI_GAUGE_LAST_SUCCESS,
                      world->clock());
    }
    if (response->sent && !response->reused) {
        ti_metric_add(world->metrics, server->row, TI_WORD_CONNECTIONS, 1);
    }
}

void ti_tally_keys(const ti_world_t *world, const ti_server_t *server,
                   const ti_outcome_t *outcome)
{
    int is_had = outcome->kind != TI_KIND_NONE;

    ti_metric_add(world->metrics, server->row, TI_WORD_JWKS + !is_had, 1);
    if (is_had) {
        ti_metric_set(world->metrics, server->row, TI_GAUGE_LAST_SUCCESS,
                      world->clock());
    }
}

void ti_tally_breaker(const ti_world_t *world, const ti_server_t *server,
                      int endpoint, ti_breaker_state_t state)
{
    ti_metric_add(world->metrics, server->rows[endpoint],
                  TI_WORD_TRANSITIONS + (int)state, 1);
}

void ti_tally_mode(const ti_world_t *world, const ti_server_t *server,
                   ti_mode_t mode)
{
    int i;

    for (i = 0; i < server->endpoints->nelts; i++) {
        ti_tally_breaker(world, server, i, ti_flights_breaker_state(mode));
    }
}

/* What of the metric's outcomes it was. */
static ti_metric_outcome_t outcome_of(const ti_outcome_t *outcome,
                                      const ti_http_response_t *response)
{
    if (outcome->kind == TI_KIND_CLAIMS) {
        return TI_OUTCOME_ACTIVE;
    }
    if (outcome->kind == TI_KIND_INACTIVE) {
        return response->status == 400 ? TI_OUTCOME_REFUSED
                                       : TI_OUTCOME_INACTIVE;
    }
    if (response->failure != TI_HTTP_OK) {
        return of_failure(response->failure);
    }
    if (outcome->message == TI_MSG_CREDENTIALS) {
        return TI_OUTCOME_CREDENTIALS;
    }
    if (response->status == 429) {
        return TI_OUTCOME_RATE_LIMITED;
    }
    if (response->status >= 500) {
        return TI_OUTCOME_SERVER_ERROR;
    }
    return response->status >= 300 ? TI_OUTCOME_CLIENT_ERROR
                                   : TI_OUTCOME_ANSWER;
}

static ti_metric_outcome_t of_failure(ti_http_failure_t failure)
{
    switch (failure) {
    case TI_HTTP_RESOLVE:
    case TI_HTTP_CONNECT:
        return TI_OUTCOME_CONNECT;
    case TI_HTTP_TIMEOUT:
        return TI_OUTCOME_TIMEOUT;
    case TI_HTTP_TLS:
        return TI_OUTCOME_TLS;
    default:
        return TI_OUTCOME_ANSWER; /* too large, or broken off */
    }
}

static ti_metric_cause_t cause_of(const ti_world_t *world,
                                  const ti_question_t *question)
{
    if (question->renewal) {
        return TI_CAUSE_REFRESH;
    }
    return world->flights != NULL &&
                   ti_flights_endpoint(world->flights, question->server->number,
                                       -1, 0) != TI_BREAKER_CLOSED
               ? TI_CAUSE_PROBE
               : TI_CAUSE_MISS;
}
