/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/keyset.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/document.h"
#include "base/clock.h"
#include "base/messages.h"
#include "config/config.h"
#include "pages/text.h"
#include "process/keeper.h"
#include "process/report.h"
#include "process/shared.h"

#define TYPE "application/jwk-set+json"

static int find(ti_outcome_t *outcome, request_rec *r);

/* Logged with the line where it is called. */
#define unavailable(outcome, message, log, r)                                  \
    unavailable_at(__LINE__, (outcome), (message), (log), (r))
static int unavailable_at(int line, const ti_outcome_t *outcome, int message,
                          const ti_log_t *log, request_rec *r);

static int seconds_left(const ti_outcome_t *outcome);

int mai_keyset_handle(request_rec *r)
{
    ti_outcome_t outcome;
    int status;

    status = mai_text_begin(r);
    if (status != OK) {
        return status;
    }
    status = find(&outcome, r);
    if (status != OK) {
        return status;
    }
    if (outcome.body == NULL) {
        return mai_text_send(r, TYPE, "{\"keys\":[]}");
    }
    apr_table_setn(
        r->headers_out, "Cache-Control",
        apr_psprintf(r->pool, "public, max-age=%d", seconds_left(&outcome)));
    return mai_text_send(r, TYPE, outcome.body);
}

/* outcome->body is NULL when no URL is set. */
static int find(ti_outcome_t *outcome, request_rec *r)
{
    ti_question_t question = {0};
    ti_policy_t policy;
    ti_log_t log;
    int status = mai_keyset_question(&question, outcome, r, &policy, &log);

    if (status == DECLINED) {
        return OK;
    }
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        return unavailable(outcome, TI_MSG_DISCOVERY, &log, r);
    }
    if (status != OK) {
        return status;
    }
    ti_document_keys(outcome, mai_shared_world(), &question);
    return outcome->kind == TI_KIND_DOCUMENT
               ? OK
               : unavailable(outcome, TI_MSG_JWKS, &log, r);
}

int mai_keyset_question(ti_question_t *question, ti_outcome_t *outcome,
                        request_rec *r, ti_policy_t *policy, ti_log_t *log)
{
    const mai_dir_t *dir = mai_config_of(r);
    mai_combination_t *server = mai_config_only(dir);

    memset(outcome, 0, sizeof(*outcome));
    if (server == NULL ||
        (server->raw->jwks_url == NULL && server->raw->discovery == NULL)) {
        return DECLINED;
    }
    if (mai_shared_world() == NULL ||
        mai_combination_ready(server, r->pool) != APR_SUCCESS ||
        server->keys_complaint != NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mai_config_policy(policy, dir);
    mai_report_request(log, r);
    if (mai_combination_now(server)->undiscovered &&
        !mai_keeper_discover(outcome, server, log, r->pool)) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    memset(outcome, 0, sizeof(*outcome));
    question->server = mai_combination_now(server);
    question->policy = policy;
    question->log = log;
    question->p = r->pool;
    return question->server->jwks_url != NULL ? OK : DECLINED;
}

static int unavailable_at(int line, const ti_outcome_t *outcome, int message,
                          const ti_log_t *log, request_rec *r)
{
    ti_log_at(log, __FILE__, line, TI_LOG_INFO, message,
              "Cannot serve the key set: %s", outcome->cause);
    apr_table_setn(r->err_headers_out, "Retry-After",
                   apr_psprintf(r->pool, "%d",
                                (int)apr_time_sec(outcome->retry_after) + 1));
    return HTTP_SERVICE_UNAVAILABLE;
}

/* Until we ask for it again. */
static int seconds_left(const ti_outcome_t *outcome)
{
    apr_interval_time_t age = ti_clock_steady() - outcome->answered;

    return age > 0 && age < TI_DOCUMENT_MAX_AGE
               ? (int)apr_time_sec(TI_DOCUMENT_MAX_AGE - age)
               : 0;
}
