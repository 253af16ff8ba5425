/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/overview.h"

#include <string.h>

#include <apr_strings.h>
#include <http_protocol.h>
#include <http_request.h>

#include "base/messages.h"
#include "config/config.h"
#include "pages/admin.h"
#include "pages/counts.h"
#include "pages/form.h"
#include "pages/formkey.h"
#include "pages/html.h"
#include "pages/json.h"
#include "pages/places.h"
#include "pages/purge.h"
#include "pages/servers.h"
#include "pages/sheet.h"
#include "pages/trial.h"
#include "process/report.h"
#include "process/shared.h"
#include "reply/accept.h"
#include "token/forgery.h"

/* The fields of the form; NULL where there is none. */
typedef struct fields_t {
    const char *path;
    const char *method;
    const char *token;
    const char *form_key;
    const char *action;
} fields_t;

static int read_form(fields_t *fields, request_rec *r);
static const char **field_of(fields_t *fields, const char *name);
static int act(mai_sheet_t *sheet, request_rec *r, const fields_t *fields);
static int forget(mai_sheet_t *sheet, request_rec *r, const char *token);
static int write_page(request_rec *r, mai_sheet_t *sheet);
static int refuse(request_rec *r, int status, const char *why);

int mai_overview_handle(request_rec *r)
{
    mai_sheet_t *sheet;
    fields_t fields;
    const char *complaint;
    int status;

    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->err_headers_out, "X-Content-Type-Options", "nosniff");
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, M_POST, -1);
    if (r->method_number != M_GET && r->method_number != M_POST) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    complaint = mai_admin_complaint(r, mai_config_of(r));
    if (complaint != NULL) {
        return refuse(r, HTTP_FORBIDDEN, complaint);
    }
    if (mai_shared_world() == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    if (r->args != NULL) {
        return refuse(r, HTTP_BAD_REQUEST,
                      "it accepts no query: a token does not belong in a URL");
    }
    sheet = mai_sheet_make(r->pool);
    if (r->method_number == M_POST) {
        status = read_form(&fields, r);
        if (status == OK) {
            status = act(sheet, r, &fields);
        }
        if (status != OK) {
            return status;
        }
    }
    return write_page(r, sheet);
}

static int read_form(fields_t *fields, request_rec *r)
{
    apr_array_header_t *pairs = NULL;
    int status;
    int i;

    memset(fields, 0, sizeof(*fields));
    if (mai_forgery_sender(r) == MAI_SENDER_FOREIGN) {
        return refuse(r, HTTP_FORBIDDEN,
                      "the request comes from a page of another site");
    }
    if (!mai_form_is(r)) {
        return refuse(r, HTTP_UNSUPPORTED_MEDIA_TYPE,
                      "send application/x-www-form-urlencoded");
    }
    status = mai_form_read(&pairs, r);
    for (i = 0; status == OK && pairs != NULL && i < pairs->nelts; i++) {
        const ap_form_pair_t *pair = &APR_ARRAY_IDX(pairs, i, ap_form_pair_t);
        const char **field = field_of(fields, pair->name);
        apr_size_t length;

        if (field == NULL || *field != NULL) {
            return refuse(r, HTTP_BAD_REQUEST,
                          "the form has a field twice, or one other than path, "
                          "method, token, form_key and action");
        }
        *field = mai_form_value(&length, pair, r->pool);
        if (strlen(*field) != length) {
            return refuse(r, HTTP_BAD_REQUEST, "a field contains NUL");
        }
    }
    if (status == OK && !mai_formkey_is_good(r, fields->form_key)) {
        return refuse(r, HTTP_FORBIDDEN,
                      "this page did not send this form to this user within "
                      "the last hour: load the page again");
    }
    return status;
}

static const char **field_of(fields_t *fields, const char *name)
{
    struct {
        const char *name;
        const char **field;
    } const known[] = {{"path", &fields->path},
                       {"method", &fields->method},
                       {"token", &fields->token},
                       {"form_key", &fields->form_key},
                       {"action", &fields->action}};
    apr_size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(name, known[i].name) == 0) {
            return known[i].field;
        }
    }
    return NULL;
}

static int act(mai_sheet_t *sheet, request_rec *r, const fields_t *fields)
{
    const char *action = fields->action != NULL ? fields->action : "check";
    mai_attempt_t attempt = {"GET", "/", NULL, 0};

    if (fields->token == NULL || *fields->token == '\0') {
        sheet->error = "The form has no token";
        return OK;
    }
    if (strcmp(action, "forget") == 0) {
        return forget(sheet, r, fields->token);
    }
    if (strcmp(action, "check") != 0) {
        return refuse(r, HTTP_BAD_REQUEST,
                      "the action must be check or forget");
    }
    attempt.token = fields->token;
    if (fields->path != NULL) {
        attempt.target = fields->path;
    }
    if (fields->method != NULL) {
        attempt.method = fields->method;
    }
    mai_trial_write(sheet, r, &attempt);
    return OK;
}

static int forget(mai_sheet_t *sheet, request_rec *r, const char *token)
{
    int status = mai_purge_token(r, token, strlen(token));

    if (status == OK) {
        sheet->told = "Forgot what was remembered about this token";
    }
    return status;
}

static int write_page(request_rec *r, mai_sheet_t *sheet)
{
    sheet->form_key = mai_formkey_make(r);
    if (sheet->form_key == NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mai_servers_write(sheet);
    mai_counts_write(sheet);
    mai_places_write(sheet);
    apr_table_mergen(r->headers_out, "Vary", "Accept");
    if (mai_accept_weight(r, "application/json") >
        mai_accept_weight(r, "text/html")) {
        mai_json_write(r, sheet);
        return OK;
    }
    return mai_html_write(r, sheet);
}

static int refuse(request_rec *r, int status, const char *why)
{
    ti_log_t log;

    mai_report_request(&log, r);
    ti_log(&log, TI_LOG_INFO, TI_MSG_STATUS_REFUSED, "No status page: %s", why);
    return status;
}
