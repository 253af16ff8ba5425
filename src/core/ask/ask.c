/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/ask.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/endpoint.h"
#include "ask/request.h"
#include "ask/rotation.h"
#include "ask/server.h"
#include "ask/signed.h"
#include "ask/tally.h"
#include "ask/trouble.h"
#include "base/messages.h"
#include "http/address.h"
#include "http/http.h"
#include "traffic/proof.h"

static int ask_in_time(ti_outcome_t *outcome, const ti_world_t *world,
                       const ti_question_t *question,
                       ti_http_request_t *request, int i);
static int ask_endpoint(ti_outcome_t *outcome, const ti_world_t *world,
                        const ti_question_t *question,
                        ti_http_request_t *request, int i);
static int ask_once(ti_outcome_t *outcome, const ti_world_t *world,
                    const ti_question_t *question, ti_http_request_t *request,
                    int i);
static void exchange(ti_http_response_t *response, const ti_world_t *world,
                     const ti_question_t *question, ti_http_request_t *request);
static void note_proof(const ti_world_t *world, const ti_server_t *server,
                       const ti_outcome_t *outcome, int status);
static int is_final(const ti_http_response_t *response);

/* First those that can be connected to, so far as is known; then the others,
 * for there may be none. */
void ti_ask(ti_outcome_t *outcome, const ti_world_t *world,
            const ti_question_t *question)
{
    const ti_server_t *server = question->server;
    apr_time_t start = world->steady();
    int put_off[TI_SERVER_ENDPOINTS_MAX] = {0};
    ti_http_request_t request = {0};
    int final = 0;
    int i;

    ti_outcome_give_up(outcome, TI_MSG_LATE, "no time was left to ask");
    for (i = 0; !final && i < server->endpoints->nelts; i++) {
        put_off[i] = !ti_endpoint_admits(world, server, i);
        if (!put_off[i]) {
            final = ask_in_time(outcome, world, question, &request, i);
        }
    }
    for (i = 0; !final && i < server->endpoints->nelts; i++) {
        if (put_off[i]) {
            final = ask_in_time(outcome, world, question, &request, i);
        }
    }
    outcome->answered = start;
}

/* As ask_endpoint; also when there is no time left. */
static int ask_in_time(ti_outcome_t *outcome, const ti_world_t *world,
                       const ti_question_t *question,
                       ti_http_request_t *request, int i)
{
    const ti_server_t *server = question->server;
    apr_interval_time_t soonest = outcome->retry_after;
    apr_interval_time_t left = question->until - world->steady();
    int final;

    if (left <= 0) {
        return 1;
    }
    ti_request_limit(request, server, left);
    final = ask_endpoint(outcome, world, question, request, i);
    if (outcome->verdict != TI_UNAVAILABLE) {
        return final;
    }
    ti_outcome_bound(outcome);
    if (i > 0 && soonest > 0 && soonest < outcome->retry_after) {
        outcome->retry_after = soonest;
    }
    return final;
}

/* Nonzero: this is final; zero: another endpoint may be tried. Where it refuses
 * our credentials it is asked once more, if there are others. */
static int ask_endpoint(ti_outcome_t *outcome, const ti_world_t *world,
                        const ti_question_t *question,
                        ti_http_request_t *request, int i)
{
    ti_question_t asked = *question;
    ti_rotation_t rotation;
    apr_interval_time_t left;
    int final;

    asked.server = ti_rotation_begin(&rotation, world, question->server);
    final = ask_once(outcome, world, &asked, request, i);
    if (outcome->refused && question->until > world->steady()) {
        const ti_server_t *next =
            ti_rotation_next(&rotation, world, question->until);

        left = question->until - world->steady(); /* that took time, too */
        if (next != NULL && i < next->endpoints->nelts && left > 0) {
            asked.server = next;
            ti_request_limit(request, next, left);
            final = ask_once(outcome, world, &asked, request, i);
            ti_rotation_end(&rotation, world, question, outcome);
        }
    }
    if (outcome->kind == TI_KIND_NONE) {
        ti_trouble_log(world, &asked, request->url, outcome);
    }
    return final;
}

/* One exchange, and what it means. */
static int ask_once(ti_outcome_t *outcome, const ti_world_t *world,
                    const ti_question_t *question, ti_http_request_t *request,
                    int i)
{
    const ti_server_t *server = question->server;
    ti_http_response_t response;

    memset(outcome, 0, sizeof(*outcome));
    request->url = APR_ARRAY_IDX(server->endpoints, i, const char *);
    exchange(&response, world, question, request);
    if (ti_signed_concerns(server, &response)) {
        ti_signed_read(outcome, world, question, &response);
    } else {
        ti_outcome_read(outcome, &response,
                        ti_proof_of(world->proofs, server->number,
                                    &server->credentials) != TI_PROOF_NONE,
                        question->p);
    }
    note_proof(world, server, outcome, response.status);
    outcome->took = response.took;
    ti_log(question->log, TI_LOG_DEBUG, TI_MSG_ASKED,
           "Asked %s: HTTP %d in %" APR_TIME_T_FMT " us, %" APR_SIZE_T_FMT
           " bytes%s",
           ti_address_shown(request->url, question->p), response.status,
           response.took, response.length,
           response.reused ? ", kept-alive" : "");
    outcome->timed_out_early = response.failure == TI_HTTP_TIMEOUT &&
                               request->timeout < server->timeout / 2;
    outcome->feedback = ti_outcome_feedback(outcome, &response);
    ti_tally_exchange(world, question, i, outcome, &response);
    ti_endpoint_report(world, question, outcome, i);
    return is_final(&response);
}

/* One exchange; a second one where the first met a kept connection that was
 * dead, and must not be repeated as it is. */
static void exchange(ti_http_response_t *response, const ti_world_t *world,
                     const ti_question_t *question, ti_http_request_t *request)
{
    apr_interval_time_t whole = request->timeout;
    int tries = 2;

    do {
        if (ti_request_compose(request, question, world->clock()) !=
            APR_SUCCESS) {
            memset(response, 0, sizeof(*response));
            response->failure = TI_HTTP_INTERNAL;
            response->reason = "could not sign the client assertion";
            response->type = "";
            response->body = "";
            return;
        }
        world->http->exchange(world->http, response, request, question->p);
        ti_request_forget(request);
        request->timeout -= response->took;
    } while (response->stale && --tries > 0 && request->timeout > 0);
    request->timeout = whole;
}

/* Only what was answered, and not refused, proves anything. */
static void note_proof(const ti_world_t *world, const ti_server_t *server,
                       const ti_outcome_t *outcome, int status)
{
    if (outcome->kind != TI_KIND_NONE && (status == 200 || status == 204)) {
        ti_proof_note(world->proofs, server->number, &server->credentials,
                      outcome->kind == TI_KIND_CLAIMS ? TI_PROOF_ACTIVE
                                                      : TI_PROOF_ANSWERED);
    }
}

/* Where nothing was sent to one endpoint, the question may go to another. What
 * went wrong here would go wrong there. */
static int is_final(const ti_http_response_t *response)
{
    return response->sent || response->failure == TI_HTTP_OK ||
           response->failure == TI_HTTP_ABORTED ||
           response->failure == TI_HTTP_INTERNAL;
}
