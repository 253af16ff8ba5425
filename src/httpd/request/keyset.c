/* SPDX-License-Identifier: Apache-2.0 */
#include "request/keyset.h"

#include <string.h>

#include <apr_strings.h>
#include <http_protocol.h>

#include "config/config.h"
#include "ask/document.h"
#include "base/messages.h"
#include "process/report.h"
#include "process/shared.h"

static int find(ti_outcome_t *outcome, request_rec *r);
static int send_text(request_rec *r, const char *text);

int mai_keyset_handle(request_rec *r)
{
    ti_outcome_t outcome;
    int status;

    if (r->handler == NULL || strcmp(r->handler, MAI_KEYSET_HANDLER) != 0) {
        return DECLINED;
    }
    r->allowed |= AP_METHOD_BIT << M_GET;
    if (r->method_number != M_GET) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    status = find(&outcome, r);
    if (status != OK) {
        return status;
    }
    if (outcome.body == NULL) {
        return send_text(r, "{\"keys\":[]}");
    }
    apr_table_setn(r->headers_out, "Cache-Control", "public, max-age=60");
    return send_text(r, outcome.body);
}

/* outcome->body is NULL when no URL is set. */
static int find(ti_outcome_t *outcome, request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    ti_question_t question = {0};
    ti_policy_t policy;
    ti_log_t log;

    memset(outcome, 0, sizeof(*outcome));
    if (dir->server == NULL || dir->server->raw->jwks_url == NULL) {
        return OK;
    }
    if (mai_shared_world() == NULL ||
        mai_combination_ready(dir->server, r->pool) != APR_SUCCESS ||
        dir->server->keys_complaint != NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mai_config_policy(&policy, dir);
    mai_report_request(&log, r);
    question.server = dir->server->ready;
    question.policy = &policy;
    question.log = &log;
    question.p = r->pool;
    question.known = 0;
    ti_document_keys(outcome, mai_shared_world(), &question);
    if (outcome->kind == TI_KIND_DOCUMENT) {
        return OK;
    }
    ti_log(&log, TI_LOG_INFO, TI_MSG_JWKS, "Cannot serve the key set: %s",
           outcome->cause);
    apr_table_setn(r->err_headers_out, "Retry-After",
                   apr_psprintf(r->pool, "%d",
                                (int)apr_time_sec(outcome->retry_after) + 1));
    return HTTP_SERVICE_UNAVAILABLE;
}

static int send_text(request_rec *r, const char *text)
{
    ap_set_content_type(r, "application/jwk-set+json");
    ap_set_content_length(r, (apr_off_t)strlen(text));
    if (!r->header_only) {
        ap_rputs(text, r);
    }
    return OK;
}
