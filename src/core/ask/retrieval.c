/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/retrieval.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/discovery.h"
#include "ask/request.h"
#include "ask/server.h"
#include "ask/tally.h"
#include "ask/trouble.h"
#include "base/messages.h"
#include "http/http.h"

static void ask_location(ti_outcome_t *outcome, const ti_world_t *world,
                         const ti_question_t *question, const char *url,
                         apr_interval_time_t left);
static void read_metadata(ti_outcome_t *outcome,
                          const ti_http_response_t *response,
                          const ti_server_t *server, apr_pool_t *p);

apr_interval_time_t ti_retrieval_left(const ti_world_t *world,
                                      const ti_question_t *question)
{
    apr_interval_time_t whole = question->server->timeout;
    apr_interval_time_t left;

    if (question->token == NULL) {
        return whole;
    }
    left = question->until - world->steady();
    return left < 0 ? 0 : left < whole ? left : whole;
}

void ti_retrieval_keys(ti_outcome_t *outcome, const ti_world_t *world,
                       const ti_question_t *question)
{
    const ti_server_t *server = question->server;
    apr_interval_time_t left = ti_retrieval_left(world, question);
    ti_http_request_t request = {0};
    ti_http_response_t response;

    if (left == 0) {
        outcome->timed_out_early = 1; /* it was given up before */
        return;
    }
    memset(outcome, 0, sizeof(*outcome));
    outcome->answered = world->steady();
    request.url = server->jwks_url;
    request.accept = "application/jwk-set+json, application/json";
    /* these may be secrets */
    request.headers = server->keys_elsewhere ? NULL : server->headers;
    ti_request_limit(&request, server, left);
    world->http->exchange(world->http, &response, &request, question->p);
    ti_retrieval_read_keys(outcome, &response, question->p);
    outcome->timed_out_early =
        response.failure == TI_HTTP_TIMEOUT && left < server->timeout / 2;
    ti_tally_keys(world, server, outcome);
    if (outcome->kind == TI_KIND_NONE) {
        ti_outcome_bound(outcome);
        ti_trouble_log(world, question, request.url, outcome);
    }
}

void ti_retrieval_read_keys(ti_outcome_t *outcome,
                            const ti_http_response_t *response, apr_pool_t *p)
{
    const ti_claims_t *document = ti_outcome_read_object(outcome, response, p);
    const ti_value_t *keys;

    if (document == NULL) {
        return;
    }
    keys = ti_claims_member(document, "keys");
    if (keys == NULL || keys->type != TI_ARRAY) {
        ti_outcome_fail(outcome, TI_UNAVAILABLE, TI_MSG_JSON,
                        "the key set has no array 'keys'");
        return;
    }
    outcome->kind = TI_KIND_DOCUMENT;
    outcome->body = response->body;
}

/* Of two failures a document that cannot be used says more than none. */
void ti_retrieval_metadata(ti_outcome_t *outcome, const ti_world_t *world,
                           const ti_question_t *question)
{
    apr_time_t until = world->steady() + question->server->timeout;
    const char *url = question->server->discovery;
    int i;

    ti_outcome_give_up(outcome, TI_MSG_JWKS, "no time was left to ask");
    for (i = 0; i < TI_DISCOVERY_LOCATIONS && outcome->kind == TI_KIND_NONE &&
                world->steady() < until;
         i++) {
        ti_outcome_t next = {0};
        const char *location =
            ti_discovery_location(question->server->discovery, i, question->p);

        ask_location(&next, world, question, location, until - world->steady());
        if (next.kind != TI_KIND_NONE || outcome->verdict != TI_MISCONFIGURED) {
            *outcome = next;
            url = location;
        }
    }
    if (outcome->kind == TI_KIND_NONE) {
        ti_outcome_bound(outcome);
        ti_trouble_log(world, question, url, outcome);
    }
}

static void ask_location(ti_outcome_t *outcome, const ti_world_t *world,
                         const ti_question_t *question, const char *url,
                         apr_interval_time_t left)
{
    ti_http_request_t request = {0};
    ti_http_response_t response;

    outcome->answered = world->steady();
    request.url = url;
    request.accept = "application/json";
    request.headers = question->server->headers;
    ti_request_limit(&request, question->server, left);
    world->http->exchange(world->http, &response, &request, question->p);
    read_metadata(outcome, &response, question->server, question->p);
}

static void read_metadata(ti_outcome_t *outcome,
                          const ti_http_response_t *response,
                          const ti_server_t *server, apr_pool_t *p)
{
    ti_server_t scratch = *server;
    const char *complaint;

    if (response->failure != TI_HTTP_OK) {
        ti_outcome_read_failure(outcome, response);
        return;
    }
    if (response->status != 200) {
        ti_outcome_fail(outcome, TI_UNAVAILABLE, TI_MSG_DISCOVERY,
                        apr_psprintf(p, "it has no metadata there (HTTP %d)",
                                     response->status));
        return;
    }
    complaint =
        ti_discovery_apply(&scratch, response->body, response->length, p);
    if (complaint != NULL) {
        ti_outcome_fail(outcome, TI_MISCONFIGURED, TI_MSG_DISCOVERY, complaint);
        return;
    }
    outcome->kind = TI_KIND_DOCUMENT;
    outcome->body = response->body;
}
