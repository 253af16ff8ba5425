/* SPDX-License-Identifier: Apache-2.0 */
#include "request/authn.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_request.h>

#include "request/challenge.h"
#include "config/config.h"
#include "request/connection.h"
#include "request/context.h"
#include "request/export.h"
#include "base/clock.h"
#include "base/messages.h"
#include "module.h"
#include "base/ratelimit.h"
#include "process/report.h"
#include "request/chain.h"
#include "process/shared.h"
#include "request/token.h"
#include "request/user.h"
#include "verify/verify.h"

static void decide(mai_context_t *context, request_rec *r);
static void log_grant(const ti_log_t *log, const mai_context_t *context,
                      apr_pool_t *p);
static void misconfigured(mai_context_t *context, request_rec *r,
                          const char *cause);
static int check_basic(request_rec *r);
static authn_status check_password(request_rec *r, const char *user,
                                   const char *password);

const authn_provider mai_authn_provider = {check_password, NULL};

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
        return check_basic(r);
    }
    context = mai_context_make(r);
    r->ap_auth_type = auth_type;
    if (mai_token_find(context, r) == TI_UNDECIDED) {
        decide(context, r);
    }
    if (context->result.verdict != TI_GRANTED) {
        return mai_challenge_refuse(r, context);
    }
    r->user = mai_user_of(&context->subject, mai_config_of(r),
                          context->result.claims, r->pool);
    mai_export_claims(r, context);
    return OK;
}

/* Ask the core about context->token under the policy of this place. */
static void decide(mai_context_t *context, request_rec *r)
{
    ti_policy_t policy;

    mai_config_policy(&policy, mai_config_of(r));
    mai_authn_decide(context, r, &policy);
}

void mai_authn_decide(mai_context_t *context, request_rec *r,
                      const ti_policy_t *policy)
{
    const mai_dir_t *dir = mai_config_of(r);
    ti_question_t question;
    ti_log_t log;

    if (mai_shared_world() == NULL) {
        misconfigured(context, r, "this process could not be set up");
        return;
    }
    if (dir->server == NULL) {
        misconfigured(context, r,
                      "there is no IntrospectEndpoint for this place");
        return;
    }
    if (mai_combination_ready(dir->server, r->pool) != APR_SUCCESS) {
        misconfigured(context, r, "its settings could not be made ready");
        return;
    }
    if (dir->server->complaint != NULL) {
        misconfigured(context, r, dir->server->complaint);
        return;
    }

    mai_report_request(&log, r);
    question.server = dir->server->ready;
    question.policy = policy;
    question.token = context->token;
    question.length = strlen(context->token);
    question.log = &log;
    question.p = r->pool;
    question.known = 0;
    question.headers = r->headers_in;
    question.recent = mai_connection_recent(r);
    question.client = r->useragent_addr;
    ti_verify(&context->result, &context->label, mai_shared_world(), &question);
    if (context->result.verdict == TI_GRANTED) {
        log_grant(&log, context, r->pool);
    }
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

/* mod_auth_basic turns a provider's trouble into 500. Where it was ours, say
 * what happened; so its hook, and all others, are asked from here. */
static int check_basic(request_rec *r)
{
    int status;
    mai_context_t *context;

    if (ap_auth_type(r) == NULL ||
        apr_cstr_casecmp(ap_auth_type(r), "Basic") != 0 ||
        mai_config_of(r)->introspect != TI_SWITCH_ON) {
        return DECLINED;
    }
    status = mai_chain_check_authn(r, mai_authn_check);
    context = mai_context_of(r);
    if (status == HTTP_INTERNAL_SERVER_ERROR && context != NULL &&
        context->result.verdict != TI_GRANTED) {
        return mai_challenge_refuse_basic(r, context);
    }
    return status;
}

/* The name that the client sends proves nothing: the claims name the user. */
static authn_status check_password(request_rec *r, const char *user,
                                   const char *password)
{
    mai_context_t *context = mai_context_make(r);

    (void)user;
    context->token = password;
    decide(context, r);
    switch (context->result.verdict) {
    case TI_GRANTED:
        r->user = mai_user_of(&context->subject, mai_config_of(r),
                              context->result.claims, r->pool);
        mai_export_claims(r, context);
        return AUTH_GRANTED;
    case TI_MALFORMED: /* no token, so perhaps another provider's password */
    case TI_INACTIVE:
        mai_challenge_log(r, context);
        return AUTH_USER_NOT_FOUND;
    case TI_REJECTED:
        mai_challenge_log(r, context);
        return AUTH_DENIED;
    default:
        return AUTH_GENERAL_ERROR;
    }
}
