/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/logout.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <http_request.h>

#include "ask/keyset.h"
#include "base/clock.h"
#include "base/messages.h"
#include "base/metric.h"
#include "base/ratelimit.h"
#include "claims/logout.h"
#include "config/config.h"
#include "jose/alg.h"
#include "jose/compact.h"
#include "pages/form.h"
#include "pages/keyset.h"
#include "process/report.h"
#include "process/shared.h"
#include "verify/once.h"
#include "verify/revocation.h"

/* Some servers end their tokens only after they have called: what they say for
 * so long is not remembered. */
#define HELD apr_time_from_sec(10)

static const char *token_of(request_rec *r, int *status);
static int judge(request_rec *r, const char *token);
static const char *read_token(ti_logout_t *logout, request_rec *r,
                              const ti_question_t *question,
                              const ti_logout_demand_t *demand,
                              const char *token);
static int log_out(request_rec *r, const ti_logout_t *logout,
                   const ti_key_t *identity);
static apr_status_t mark_all(const ti_logout_t *logout,
                             const ti_key_t *identity);
static apr_status_t mark(ti_revoked_t kind, const ti_key_t *identity,
                         const char *value);

/* Logged with the line where they are called. */
#define refuse(r, why) refuse_at(__LINE__, (r), (why))
#define set_up_wrong(r, why) set_up_wrong_at(__LINE__, (r), (why))
static int refuse_at(int line, request_rec *r, const char *why);
static int set_up_wrong_at(int line, request_rec *r, const char *why);

int mai_logout_handle(request_rec *r)
{
    const char *token;
    int status = OK;

    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_POST, -1);
    if (r->method_number != M_POST) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    token = token_of(r, &status);
    return token != NULL ? judge(r, token) : status;
}

/* NULL: it was answered, with *status. */
static const char *token_of(request_rec *r, int *status)
{
    apr_array_header_t *pairs = NULL;
    const char *token = NULL;
    int i;

    if (!mai_form_is(r)) {
        *status = refuse(r, "send application/x-www-form-urlencoded");
        return NULL;
    }
    *status = mai_form_read(&pairs, r);
    if (*status != OK) {
        return NULL;
    }
    for (i = 0; pairs != NULL && i < pairs->nelts; i++) {
        const ap_form_pair_t *pair = &APR_ARRAY_IDX(pairs, i, ap_form_pair_t);

        if (strcmp(pair->name, "logout_token") != 0) {
            continue; /* 2.5: what is not understood does not count */
        }
        if (token != NULL) {
            *status = refuse(r, "there are two logout_token in the form");
            return NULL;
        }
        token = mai_form_value(NULL, pair, r->pool);
    }
    if (token == NULL) {
        *status = refuse(r, "the form has no logout_token");
    }
    return token;
}

static int judge(request_rec *r, const char *token)
{
    const mai_dir_t *dir = mai_config_of(r);
    ti_question_t question = {0};
    ti_logout_demand_t demand;
    ti_logout_t logout = {0};
    ti_policy_t policy;
    ti_outcome_t outcome;
    const char *why;
    ti_log_t log;
    int status = mai_keyset_question(&question, &outcome, r, &policy, &log);

    if (status == HTTP_SERVICE_UNAVAILABLE) {
        return refuse(r,
                      "the authorization server's metadata cannot be fetched");
    }
    if (status != OK) {
        return set_up_wrong(r, "there is no key set of one authorization "
                               "server here: write IntrospectDiscovery or "
                               "IntrospectJWKSURL, or IntrospectServer with "
                               "one name");
    }
    demand.issuer = question.server->issuer != NULL ? question.server->issuer
                                                    : policy.issuer;
    demand.audiences = dir->logout;
    demand.leeway = policy.leeway;
    if (demand.issuer == NULL || demand.audiences == NULL) {
        return set_up_wrong(r,
                            "no token can be accepted: write IntrospectIssuer "
                            "and IntrospectLogoutAudience here");
    }
    why = read_token(&logout, r, &question, &demand, token);
    return why == NULL ? log_out(r, &logout, &question.server->identity)
                       : refuse(r, why);
}

/* NULL, or why it does not count. */
static const char *read_token(ti_logout_t *logout, request_rec *r,
                              const ti_question_t *question,
                              const ti_logout_demand_t *demand,
                              const char *token)
{
    ti_outcome_t outcome;
    ti_opened_t opened;

    if (strlen(token) > TI_COMPACT_MAX) {
        return "it is too long";
    }
    if (!ti_keyset_verify(&opened, &outcome, mai_shared_world(), question,
                          token, TI_ALGS_ASYMMETRIC)) {
        return "the authorization server's key set cannot be fetched";
    }
    if (opened.opening != TI_OPENING_DONE) {
        return opened.why;
    }
    if (!ti_logout_is_type(opened.typ)) {
        return "its typ is not logout+jwt";
    }
    return ti_logout_read(logout, (const char *)opened.content.data,
                          opened.content.size, demand, apr_time_now(), r->pool);
}

static int log_out(request_rec *r, const ti_logout_t *logout,
                   const ti_key_t *identity)
{
    const ti_world_t *world = mai_shared_world();
    apr_time_t now = ti_clock_steady();
    apr_status_t rv =
        ti_once_take(world->once, identity, logout->id,
                     now + TI_LOGOUT_AGE_MAX + 2 * MAI_LEEWAY_MAX, now);
    ti_log_t log;

    mai_report_request(&log, r);
    if (rv == APR_EEXIST) {
        return refuse(r, "its jti was used before");
    }
    if (rv == APR_SUCCESS) {
        rv = mark_all(logout, identity);
        if (rv != APR_SUCCESS) {
            ti_once_give(world->once, identity, logout->id);
        }
    }
    ti_metric_add_common(world->metrics, rv == APR_SUCCESS
                                             ? TI_COMMON_REVOKED + 2
                                             : TI_COMMON_REVOKED + 3);
    if (rv != APR_SUCCESS) {
        ti_log(&log, TI_LOG_ERROR, TI_MSG_PURGE_FAILED,
               "Nothing was forgotten: the marks cannot be written");
        return refuse(r, "it could not be carried out");
    }
    ti_log(&log, TI_LOG_NOTICE, TI_MSG_LOGGED_OUT,
           "Forgot what is remembered about one %s, as the authorization "
           "server says",
           logout->session != NULL ? "session" : "user");
    return OK;
}

/* A session, where there is one: and of answers that do not say their session,
 * those about its user. Else all sessions of the user. */
static apr_status_t mark_all(const ti_logout_t *logout,
                             const ti_key_t *identity)
{
    apr_status_t rv = APR_SUCCESS;

    if (logout->session != NULL) {
        rv = mark(TI_REVOKED_SESSION, identity, logout->session);
    }
    if (rv == APR_SUCCESS && logout->subject != NULL) {
        rv = mark(logout->session != NULL ? TI_REVOKED_SESSIONLESS
                                          : TI_REVOKED_SUBJECT,
                  identity, logout->subject);
    }
    return rv;
}

static apr_status_t mark(ti_revoked_t kind, const ti_key_t *identity,
                         const char *value)
{
    apr_time_t now = ti_clock_steady();
    ti_revocation_t made = {0};

    made.kind = kind;
    made.identity = identity;
    made.value = value;
    made.length = strlen(value);
    made.at = now;
    made.held_till = now + HELD;
    made.until = made.held_till + mai_combination_age_max();
    return ti_revoke(mai_shared_world()->revocations, &made, now);
}

/* As RFC 6749 5.2 has it, which 2.8 points to. All text is ours. */
static int refuse_at(int line, request_rec *r, const char *why)
{
    ti_log_t log;

    mai_report_request(&log, r);
    ti_log_at(&log, __FILE__, line, TI_LOG_INFO, TI_MSG_LOGOUT_REFUSED,
              "Refused a logout token: %s", why);
    r->status = HTTP_BAD_REQUEST;
    ap_set_content_type(r, "application/json");
    ap_rprintf(r,
               "{\"error\":\"invalid_request\",\"error_description\":\"%s\"}\n",
               why);
    return OK;
}

/* Any client can cause this line: its rate is limited. */
static int set_up_wrong_at(int line, request_rec *r, const char *why)
{
    ti_line_t said = {TI_LOG_ERROR, TI_MSG_LOGOUT_SET_UP, "logout", NULL};
    ti_log_t log;

    mai_report_request(&log, r);
    said.text =
        apr_pstrcat(r->pool, "Cannot verify logout tokens: ", why, NULL);
    ti_ratelimit_log_at(mai_shared_pace(), __FILE__, line, ti_clock_steady(),
                        &log, &said);
    return HTTP_INTERNAL_SERVER_ERROR;
}
