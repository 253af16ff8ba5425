/* SPDX-License-Identifier: Apache-2.0 */
#include "request/decision.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "config/config.h"
#include "context/connection.h"
#include "context/tally.h"
#include "context/visit.h"
#include "export/vouchers.h"
#include "process/keeper.h"
#include "process/report.h"
#include "process/shared.h"
#include "verify/verify.h"

static void ask_ready(mai_context_t *context, request_rec *r,
                      const ti_policy_t *policy, const ti_log_t *log);
static void ask(mai_context_t *context, request_rec *r,
                const ti_policy_t *policy, mai_combination_t *server);
static int discover(mai_context_t *context, mai_combination_t *server,
                    const ti_log_t *log, apr_pool_t *p);
static int narrow(ti_policy_t *narrowed, mai_context_t *context,
                  const ti_policy_t *policy);
static void log_grant(const ti_log_t *log, const mai_context_t *context,
                      apr_pool_t *p);
static void misconfigured(mai_context_t *context, request_rec *r,
                          const char *cause);

void mai_decision_make_here(mai_context_t *context, request_rec *r)
{
    ti_policy_t policy;

    mai_config_policy(&policy, mai_config_of(r));
    mai_decision_make(context, r, &policy);
}

void mai_decision_make(mai_context_t *context, request_rec *r,
                       const ti_policy_t *policy)
{
    const mai_dir_t *dir = mai_config_of(r);
    mai_combination_t *server;
    mai_vouchers_t vouchers;
    const char *complaint;

    if (dir->named == NULL) {
        ask(context, r, policy, dir->server);
        return;
    }
    complaint = mai_vouchers_open(&vouchers, context, dir, r->pool);
    if (complaint != NULL) {
        misconfigured(context, r, complaint);
        return;
    }
    for (server = mai_vouchers_next(&vouchers, context); server != NULL;
         server = mai_vouchers_next(&vouchers, context)) {
        ask(context, r, policy, server);
    }
}

static void ask(mai_context_t *context, request_rec *r,
                const ti_policy_t *policy, mai_combination_t *server)
{
    const ti_server_t *ready;
    ti_policy_t narrowed;
    ti_log_t log;

    /* nothing of another server that was asked before */
    memset(&context->result, 0, sizeof(context->result));
    context->server = NULL;
    context->fingerprint = 0;
    if (mai_shared_world() == NULL) {
        misconfigured(context, r, "this process could not be set up");
        return;
    }
    if (server == NULL) {
        misconfigured(context, r,
                      "there is no IntrospectEndpoint for this place");
        return;
    }
    if (mai_combination_ready(server, r->pool) != APR_SUCCESS) {
        misconfigured(context, r, "its settings could not be made ready");
        return;
    }
    if (server->complaint != NULL) {
        misconfigured(context, r, server->complaint);
        return;
    }
    ready = mai_combination_now(server);
    mai_report_request(&log, r);
    if (ready->undiscovered) {
        if (!discover(context, server, &log, r->pool)) {
            return;
        }
        ready = mai_combination_now(server);
    }
    context->server = ready;
    if (ready->issuer != NULL) {
        if (!narrow(&narrowed, context, policy)) {
            return;
        }
        policy = &narrowed;
    }
    ask_ready(context, r, policy, &log);
}

/* The answer of this visit, else of the core. */
static void ask_ready(mai_context_t *context, request_rec *r,
                      const ti_policy_t *policy, const ti_log_t *log)
{
    mai_visit_t *visit = mai_visit_enter(r)->visit;
    ti_question_t question;

    question.server = context->server;
    question.policy = policy;
    question.token = context->token;
    question.length = strlen(context->token);
    question.log = log;
    question.p = visit->p;
    question.was_active = 0;
    question.renewal = 0;
    question.headers = r->headers_in;
    if (!mai_visit_recall(&context->result, &context->fingerprint, visit,
                          &question)) {
        question.recent = mai_connection_recent(r);
        question.client = r->useragent_addr;
        ti_verify(&context->result, &context->fingerprint, mai_shared_world(),
                  &question);
        mai_tally_lookup(visit, r, context);
        mai_visit_keep(visit, &question, &context->result, context->fingerprint,
                       context->token == visit->token);
    }
    if (context->result.verdict == TI_GRANTED) {
        log_grant(log, context, r->pool);
    }
}

/* Only where this process has not seen the metadata yet. */
static int discover(mai_context_t *context, mai_combination_t *server,
                    const ti_log_t *log, apr_pool_t *p)
{
    ti_outcome_t outcome;

    if (mai_keeper_discover(&outcome, server, log, p)) {
        return 1;
    }
    context->result.verdict = TI_UNAVAILABLE; /* the log says whose fault */
    context->result.message = outcome.message;
    context->result.cause = outcome.cause;
    context->result.retry_after = outcome.retry_after;
    return 0;
}

/* Nobody of one server becomes somebody of another: an answer's iss has to be
 * that of the server that was asked. Zero: this place wants another one. */
static int narrow(ti_policy_t *narrowed, mai_context_t *context,
                  const ti_policy_t *policy)
{
    const ti_server_t *server = context->server;

    *narrowed = *policy;
    if (server->name == NULL && policy->issuer != NULL) {
        return 1; /* what the place says wins over what metadata say */
    }
    narrowed->issuer = server->issuer;
    narrowed->issuer_required =
        policy->issuer_required || server->issuer_required;
    if (policy->issuer == NULL || strcmp(policy->issuer, server->issuer) == 0) {
        return 1;
    }
    context->result.verdict = TI_REJECTED;
    context->result.message = TI_MSG_ISSUER;
    context->result.cause = "the authorization server's issuer is not the "
                            "IntrospectIssuer of this place";
    context->result.description = "The token is from another issuer";
    context->result.issuer = policy->issuer;
    return 0;
}

static void log_grant(const ti_log_t *log, const mai_context_t *context,
                      apr_pool_t *p)
{
    if (ti_log_on(log, TI_LOG_DEBUG)) {
        ti_log(log, TI_LOG_DEBUG, TI_MSG_VERDICT, "Granted%s (token %08x)",
               ti_result_origin(&context->result, ti_clock_steady(), p),
               context->fingerprint);
    }
}

/* Any client can cause this line: its rate is limited. */
static void misconfigured(mai_context_t *context, request_rec *r,
                          const char *cause)
{
    ti_line_t line = {TI_LOG_ERROR, TI_MSG_NO_ENDPOINT, cause, NULL};
    ti_log_t log;

    mai_report_request(&log, r);
    context->result.verdict = TI_MISCONFIGURED;
    context->result.message = TI_MSG_NO_ENDPOINT;
    context->result.cause = cause;
    line.text = apr_pstrcat(r->pool, "Cannot verify tokens for ", r->uri, ": ",
                            cause, NULL);
    ti_ratelimit_log(mai_shared_pace(), ti_clock_steady(), &log, &line);
}
