/* SPDX-License-Identifier: Apache-2.0 */
#include "request/authn.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_request.h>

#include "reply/challenge.h"
#include "config/config.h"
#include "context/connection.h"
#include "context/context.h"
#include "token/credentials.h"
#include "export/export.h"
#include "base/clock.h"
#include "base/messages.h"
#include "module.h"
#include "base/ratelimit.h"
#include "process/keeper.h"
#include "process/report.h"
#include "context/chain.h"
#include "process/shared.h"
#include "context/tally.h"
#include "token/token.h"
#include "export/user.h"
#include "context/visit.h"
#include "export/vouchers.h"
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
static int check_other(request_rec *r);
static int is_basic(request_rec *r);

/* Where httpd wants a char *, which nobody writes to. */
static char auth_type[] = MAI_AUTH_TYPE;

int mai_authn_is_ours(request_rec *r)
{
    const char *type = ap_auth_type(r);

    /* first as everybody writes it: each request asks */
    return type != NULL && (strcmp(type, MAI_AUTH_TYPE) == 0 ||
                            apr_cstr_casecmp(type, MAI_AUTH_TYPE) == 0);
}

int mai_authn_check(request_rec *r)
{
    mai_context_t *context;

    if (!mai_authn_is_ours(r)) {
        return check_other(r);
    }
    context = mai_context_make(r);
    return mai_authn_conclude(r, context, mai_authn_begin(context, r));
}

ti_verdict_t mai_authn_begin(mai_context_t *context, request_rec *r)
{
    return mai_context_continue(context, r) ? TI_GRANTED
                                            : mai_token_find(context, r);
}

int mai_authn_conclude(request_rec *r, mai_context_t *context,
                       ti_verdict_t found)
{
    r->ap_auth_type = auth_type;
    if (found == TI_UNDECIDED) {
        mai_authn_decide_here(context, r);
    }
    if (context->result.verdict != TI_GRANTED) {
        return mai_challenge_refuse(r, context);
    }
    mai_authn_let_in(r, context);
    return OK;
}

void mai_authn_let_in(request_rec *r, mai_context_t *context)
{
    if (context->user == NULL) {
        context->user = mai_user_of(context, mai_config_of(r), r->pool);
    }
    r->user = context->user;
    mai_visit_step(r)->visit->authenticated = 1;
    mai_export_claims(r, context);
}

void mai_authn_decide_here(mai_context_t *context, request_rec *r)
{
    ti_policy_t policy;

    mai_config_policy(&policy, mai_config_of(r));
    mai_authn_decide(context, r, &policy);
}

void mai_authn_decide(mai_context_t *context, request_rec *r,
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
    context->label = 0;
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
    if (!mai_visit_recall(&context->result, &context->label, visit,
                          &question)) {
        question.recent = mai_connection_recent(r);
        question.client = r->useragent_addr;
        ti_verify(&context->result, &context->label, mai_shared_world(),
                  &question);
        mai_tally_lookup(visit, r, context);
        mai_visit_keep(visit, &question, &context->result, context->label,
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
    context->result.cause = "the authorization server is of another issuer "
                            "than IntrospectIssuer of this place";
    context->result.description = "The token is from another issuer";
    return 0;
}

static void log_grant(const ti_log_t *log, const mai_context_t *context,
                      apr_pool_t *p)
{
    if (ti_log_on(log, TI_LOG_DEBUG)) {
        ti_log(log, TI_LOG_DEBUG, TI_MSG_VERDICT, "Granted%s (token %08x)",
               ti_result_origin(&context->result, ti_clock_steady(), p),
               context->label);
    }
}

/* A client can have as many such requests as it likes: at a pace. */
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

/* Another AuthType's hooks see the credentials that we hide. mod_auth_basic
 * turns a provider's trouble into 500: where it was ours, say what happened. So
 * all hooks are asked from here. */
static int check_other(request_rec *r)
{
    mai_context_t *context;
    const char *seen;
    int ours = is_basic(r);
    int lent;
    int status;

    if (ours) {
        mai_credentials_keep(r);
    }
    lent = mai_credentials_lend(r, &seen);
    if (!ours && !lent) {
        return DECLINED;
    }
    status = mai_chain_check_authn(r, mai_authn_check);
    if (lent) {
        mai_credentials_return(r, seen);
    }
    context = mai_context_of(r);
    if (status == HTTP_INTERNAL_SERVER_ERROR && context != NULL &&
        context->result.verdict != TI_GRANTED) {
        return mai_challenge_refuse_basic(r, context);
    }
    return status;
}

static int is_basic(request_rec *r)
{
    return ap_auth_type(r) != NULL &&
           apr_cstr_casecmp(ap_auth_type(r), "Basic") == 0 &&
           mai_config_of(r)->introspect == TI_SWITCH_ON;
}
