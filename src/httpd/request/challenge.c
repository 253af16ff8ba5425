/* SPDX-License-Identifier: Apache-2.0 */
#include "request/challenge.h"

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/ratelimit.h"
#include "config/config.h"
#include "module.h"
#include "process/report.h"
#include "process/shared.h"

/* Bytes of a path that a log line tells: the cause has to follow. */
#define URI_MAX 200

/* Between two warnings about refusals of one place for one cause. */
#define REFUSAL_INTERVAL apr_time_from_sec(60)

/* What each verdict means to a client; indexed by ti_verdict_t. */
static const struct {
    int status;
    const char *error; /* error code of RFC 6750 3.1, or NULL */
    int challenge;     /* with WWW-Authenticate */
} answers[] = {
    [TI_UNDECIDED] = {HTTP_INTERNAL_SERVER_ERROR, NULL, 0},
    [TI_GRANTED] = {HTTP_INTERNAL_SERVER_ERROR, NULL, 0},
    [TI_NO_TOKEN] = {HTTP_UNAUTHORIZED, NULL, 1},
    [TI_MALFORMED] = {HTTP_BAD_REQUEST, "invalid_request", 1},
    [TI_INACTIVE] = {HTTP_UNAUTHORIZED, "invalid_token", 1},
    [TI_REJECTED] = {HTTP_UNAUTHORIZED, "invalid_token", 1},
    [TI_INSUFFICIENT] = {HTTP_FORBIDDEN, "insufficient_scope", 1},
    [TI_UNAVAILABLE] = {HTTP_SERVICE_UNAVAILABLE, NULL, 0},
    [TI_MISCONFIGURED] = {HTTP_INTERNAL_SERVER_ERROR, NULL, 0},
};

static int refuse(request_rec *r, const mai_context_t *context);
static void challenge(request_rec *r, const char *error,
                      const char *description, const char *scope);
static const char *parameter(apr_pool_t *p, const char *name,
                             const char *value);
static void log_refusal(request_rec *r, const mai_context_t *context,
                        int status);
static int is_first(apr_uint32_t *since, const request_rec *r, int message,
                    int status);

int mai_challenge_refuse(request_rec *r, const mai_context_t *context)
{
    ti_verdict_t verdict = context->result.verdict;

    if (answers[verdict].challenge) {
        challenge(r, answers[verdict].error, context->result.description,
                  verdict == TI_INSUFFICIENT ? context->scope_wanted : NULL);
    }
    return refuse(r, context);
}

int mai_challenge_refuse_basic(request_rec *r, const mai_context_t *context)
{
    return refuse(r, context);
}

int mai_challenge_status(const mai_context_t *context)
{
    return answers[context->result.verdict].status;
}

void mai_challenge_log(request_rec *r, const mai_context_t *context)
{
    log_refusal(r, context, HTTP_UNAUTHORIZED); /* mod_auth_basic's answer */
}

int mai_challenge_note(request_rec *r, const char *type)
{
    if (apr_cstr_casecmp(type, MAI_AUTH_TYPE) != 0) {
        return DECLINED;
    }
    challenge(r, NULL, NULL, NULL);
    return OK;
}

static int refuse(request_rec *r, const mai_context_t *context)
{
    int status = answers[context->result.verdict].status;
    apr_interval_time_t wait = context->result.retry_after;

    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    if (status == HTTP_SERVICE_UNAVAILABLE && wait > 0) {
        apr_table_setn(
            r->err_headers_out, "Retry-After",
            apr_psprintf(r->pool, "%" APR_TIME_T_FMT,
                         (wait + APR_USEC_PER_SEC - 1) / APR_USEC_PER_SEC));
    }
    log_refusal(r, context, status);
    return status;
}

/* All values are ours or the configuration's: nothing of the client or of
 * the authorization server gets into a header. AuthName comes from httpd with
 * its quotes escaped. */
static void challenge(request_rec *r, const char *error,
                      const char *description, const char *scope)
{
    const char *realm = ap_auth_name(r);
    const char *text =
        apr_pstrcat(r->pool, "Bearer realm=\"",
                    realm != NULL ? realm : "Restricted", "\"", NULL);

    if (error != NULL) {
        text = apr_pstrcat(r->pool, text, parameter(r->pool, "error", error),
                           NULL);
    }
    if (description != NULL) {
        text = apr_pstrcat(r->pool, text,
                           parameter(r->pool, "error_description", description),
                           NULL);
    }
    if (scope != NULL) {
        text = apr_pstrcat(r->pool, text, parameter(r->pool, "scope", scope),
                           NULL);
    }
    apr_table_setn(r->err_headers_out, "WWW-Authenticate", text);
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
}

static const char *parameter(apr_pool_t *p, const char *name, const char *value)
{
    return apr_pstrcat(p, ", ", name, "=\"", value, "\"", NULL);
}

/* What a client gets can be had as often as it likes: of each place and cause
 * one line in REFUSAL_INTERVAL is for an administrator, with the number of
 * those since; all are there for who asks for `info`. */
static void log_refusal(request_rec *r, const mai_context_t *context,
                        int status)
{
    const ti_result_t *result = &context->result;
    ti_level_t level = TI_LOG_INFO;
    apr_uint32_t since = 0;
    ti_log_t log;

    mai_report_request(&log, r);
    if (ti_log_on(&log, TI_LOG_WARNING) &&
        is_first(&since, r, result->message, status)) {
        level = TI_LOG_WARNING;
    }
    if (!ti_log_on(&log, level)) {
        return;
    }
    ti_log(&log, level, result->message, "Refused %.*s with %d: %s%s%s%s",
           URI_MAX, r->uri, status,
           result->cause != NULL ? result->cause : "nothing was decided",
           ti_result_origin(result, ti_clock_steady(), r->pool),
           context->label != 0
               ? apr_psprintf(r->pool, " (token %08x)", context->label)
               : "",
           since > 0 ? apr_psprintf(r->pool,
                                    " (and %u more like it since the last "
                                    "warning)",
                                    since)
                     : "");
}

/* The first refusal of this place and cause for a while. What made us answer
 * otherwise is told elsewhere. */
static int is_first(apr_uint32_t *since, const request_rec *r, int message,
                    int status)
{
    const char *where = mai_config_of(r)->where;

    return (status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN) &&
           ti_ratelimit_admits(since, mai_shared_pace(), message,
                               where != NULL ? where : "", REFUSAL_INTERVAL,
                               ti_clock_steady());
}
