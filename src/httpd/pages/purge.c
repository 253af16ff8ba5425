/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/admin.h"
#include "pages/purge.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/metric.h"
#include "config/config.h"
#include "pages/form.h"
#include "process/report.h"
#include "process/shared.h"
#include "token/forgery.h"
#include "verify/revocation.h"

/* What the fields of the form are about. */
static const char *const fields[TI_REVOKED_KINDS] = {
    [TI_REVOKED_TOKEN] = "token",
    [TI_REVOKED_SUBJECT] = "sub",
    [TI_REVOKED_SESSION] = "sid",
    [TI_REVOKED_CLIENT] = "client_id",
};

static int may(request_rec *r, const mai_dir_t *dir);
static int forget(request_rec *r, const mai_dir_t *dir,
                  const apr_array_header_t *pairs);
static int forget_one(request_rec *r, const ti_key_t *identity,
                      const ap_form_pair_t *pair);
static int mark(request_rec *r, ti_revocation_t *what);
static int kind_of(const char *name);

/* Logged with the line where it is called. */
#define complain(r, status, what) complain_at(__LINE__, (r), (status), (what))
static int complain_at(int line, request_rec *r, int status, const char *what);

int mai_purge_handle(request_rec *r)
{
    const mai_dir_t *dir;
    apr_array_header_t *pairs = NULL;
    int status;

    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_POST, -1);
    if (r->method_number != M_POST) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    dir = mai_config_of(r);
    status = may(r, dir);
    if (status != OK) {
        return status;
    }
    if (!mai_form_is(r)) {
        return complain(r, HTTP_UNSUPPORTED_MEDIA_TYPE,
                        "send application/x-www-form-urlencoded");
    }
    if (mai_shared_world() == NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    status = mai_form_read(&pairs, r);
    if (status != OK) {
        return status;
    }
    return forget(r, dir, pairs);
}

static int may(request_rec *r, const mai_dir_t *dir)
{
    const char *complaint = mai_admin_complaint(r, dir);

    if (complaint != NULL) {
        return complain(r, HTTP_FORBIDDEN, complaint);
    }
    if (mai_forgery_sender(r) == MAI_SENDER_FOREIGN) {
        return complain(r, HTTP_FORBIDDEN,
                        "the request comes from a page of another site");
    }
    return OK;
}

/* All of the form or, where a field is not understood, nothing. */
static int forget(request_rec *r, const mai_dir_t *dir,
                  const apr_array_header_t *pairs)
{
    mai_combination_t *server = mai_config_only(dir);
    const ti_key_t *identity = NULL;
    int i;

    if (server != NULL &&
        mai_combination_ready(server, r->pool) == APR_SUCCESS &&
        server->complaint == NULL) {
        identity = &mai_combination_now(server)->identity;
    }
    if (pairs == NULL || pairs->nelts == 0) {
        return complain(r, HTTP_BAD_REQUEST,
                        "the form has no token, sub, sid or client_id");
    }
    for (i = 0; i < pairs->nelts; i++) {
        int kind = kind_of(APR_ARRAY_IDX(pairs, i, ap_form_pair_t).name);

        if (kind < 0) {
            return complain(r, HTTP_BAD_REQUEST,
                            "the form has a field other than token, sub, sid "
                            "or client_id");
        }
        if (kind != TI_REVOKED_TOKEN && identity == NULL) {
            return complain(r, HTTP_BAD_REQUEST,
                            "sub, sid and client_id belong to an authorization "
                            "server, and this place has none, or several: "
                            "write IntrospectEndpoint, or IntrospectServer "
                            "with one name, here");
        }
    }
    for (i = 0; i < pairs->nelts; i++) {
        int status =
            forget_one(r, identity, &APR_ARRAY_IDX(pairs, i, ap_form_pair_t));

        if (status != OK) {
            return status;
        }
    }
    ap_set_content_type(r, "text/plain; charset=utf-8");
    ap_rprintf(r, "Forgotten: %d\n", pairs->nelts);
    return OK;
}

static int forget_one(request_rec *r, const ti_key_t *identity,
                      const ap_form_pair_t *pair)
{
    ti_revocation_t what = {0};

    what.kind = (ti_revoked_t)kind_of(pair->name);
    what.identity = identity;
    what.value = mai_form_value(&what.length, pair, r->pool);
    return mark(r, &what);
}

int mai_purge_token(request_rec *r, const char *token, apr_size_t length)
{
    ti_revocation_t what = {0};

    what.kind = TI_REVOKED_TOKEN;
    what.value = token;
    what.length = length;
    return mark(r, &what);
}

static int mark(request_rec *r, ti_revocation_t *what)
{
    const ti_world_t *world = mai_shared_world();
    apr_time_t now = ti_clock_steady();
    ti_log_t log;

    what->at = now;
    what->held_till = now;
    what->until = now + mai_combination_age_max();
    mai_report_request(&log, r);
    if (ti_revoke(world->revocations, what, now) != APR_SUCCESS) {
        ti_metric_add_common(world->metrics, TI_COMMON_REVOKED + 1);
        ti_log(&log, TI_LOG_ERROR, TI_MSG_PURGE_FAILED,
               "Nothing was forgotten: the marks cannot be written");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    ti_metric_add_common(world->metrics, TI_COMMON_REVOKED);
    ti_log(&log, TI_LOG_NOTICE, TI_MSG_PURGED,
           "Forgot what is remembered about one %s, as %s asked",
           fields[what->kind],
           r->user != NULL ? ap_escape_logitem(r->pool, r->user)
                           : "an unnamed administrator");
    return OK;
}

static int kind_of(const char *name)
{
    int kind = 0;

    while (kind < TI_REVOKED_KINDS &&
           (fields[kind] == NULL || strcmp(name, fields[kind]) != 0)) {
        kind++;
    }
    return kind < TI_REVOKED_KINDS ? kind : -1;
}

static int complain_at(int line, request_rec *r, int status, const char *what)
{
    ti_log_t log;

    mai_report_request(&log, r);
    ti_log_at(&log, __FILE__, line, TI_LOG_INFO, TI_MSG_PURGE_REFUSED,
              "Nothing was forgotten: %s", what);
    return status;
}
