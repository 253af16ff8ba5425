/* SPDX-License-Identifier: Apache-2.0 */
#include "request/page.h"

#include <string.h>

#include <apr_lib.h>
#include <http_protocol.h>

#include "base/messages.h"
#include "config/config.h"
#include "context/context.h"
#include "context/origin.h"
#include "export/export.h"
#include "reply/challenge.h"
#include "reply/need.h"
#include "request/authn.h"
#include "request/rpc.h"
#include "token/credentials.h"
#include "token/source.h"

#define MAX_AGE "600" /* seconds that a browser keeps a preflight's answer */

static int check_origin(request_rec *r, const mai_dir_t *dir);
static int is_preflight(const request_rec *r);
static int allows(request_rec *r, const char *method);
static int answer(request_rec *r, const char *origin, const char *method);
static int is_list(const char *text);

int mai_page_check(request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    int status = dir->origins != NULL ? check_origin(r, dir) : DECLINED;

    return status == DECLINED && dir->revisions != NULL ? mai_rpc_check(r)
                                                        : status;
}

static int check_origin(request_rec *r, const mai_dir_t *dir)
{
    const char *origin;
    mai_context_t *context;

    origin = apr_table_get(r->headers_in, "Origin");
    if (origin == NULL || ap_array_str_contains(dir->origins, origin)) {
        return DECLINED;
    }
    context = mai_context_make(r);
    context->result.verdict = TI_FOREIGN;
    context->result.message = TI_MSG_ORIGIN;
    context->result.cause = "IntrospectOrigins does not list its Origin";
    return mai_challenge_refuse(r, context);
}

/* The browser asks for another request, so that one's method counts where a
 * Require line asks for a method; and a Require line that is no matter of
 * tokens, such as Require ip, keeps it out. */
int mai_page_preflight(request_rec *r)
{
    const char *method;
    const char *origin;

    if (r->method_number != M_OPTIONS ||
        mai_config_of(r)->allow_preflight != TI_SWITCH_ON ||
        !mai_authn_is_ours(r) || !is_preflight(r)) {
        return DECLINED;
    }
    method = apr_table_get(r->headers_in, "Access-Control-Request-Method");
    if (!allows(r, method)) {
        return DECLINED;
    }
    mai_export_clear(r);
    origin = mai_origin_listed(r);
    return origin != NULL ? answer(r, origin, method) : OK;
}

/* OPTIONS with what only a browser's preflight has, and without what it never
 * has: anything else is a request like others. */
static int is_preflight(const request_rec *r)
{
    const char *method =
        apr_table_get(r->headers_in, "Access-Control-Request-Method");
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    return method != NULL && *method != '\0' && is_list(method) &&
           strchr(method, ',') == NULL &&
           apr_table_get(r->headers_in, "Origin") != NULL &&
           mai_credentials_of(r) == NULL && !mai_source_by_header(r) &&
           apr_table_get(r->headers_in, "Cookie") == NULL &&
           apr_table_get(r->headers_in, "Transfer-Encoding") == NULL &&
           (length == NULL || strcmp(length, "0") == 0);
}

static int allows(request_rec *r, const char *method)
{
    mai_rpc_t announced = {NULL, NULL, 1};
    const char *own = r->method;
    int number = r->method_number;
    int status;

    if (mai_config_of(r)->revisions != NULL) {
        mai_rpc_announce(r, &announced);
    }
    r->method = method;
    r->method_number = ap_method_number_of(method);
    status = mai_need_ask(r);
    r->method = own;
    r->method_number = number;
    if (mai_config_of(r)->revisions != NULL) {
        mai_rpc_announce(r, NULL);
    }
    return status == OK || status == DECLINED;
}

static int answer(request_rec *r, const char *origin, const char *method)
{
    const char *headers =
        apr_table_get(r->headers_in, "Access-Control-Request-Headers");

    mai_origin_expose(r, origin, mai_origin_credentials(r));
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Methods", method);
    if (headers != NULL && is_list(headers)) {
        apr_table_setn(r->err_headers_out, "Access-Control-Allow-Headers",
                       headers);
    }
    apr_table_setn(r->err_headers_out, "Access-Control-Max-Age", MAX_AGE);
    apr_table_mergen(r->err_headers_out, "Vary",
                     "Access-Control-Request-Method, "
                     "Access-Control-Request-Headers");
    return HTTP_NO_CONTENT;
}

/* Names, separated by commas: what a client's text may be in our headers. */
static int is_list(const char *text)
{
    for (; *text != '\0'; text++) {
        if (!apr_isalnum(*text) && strchr("-_, ", *text) == NULL) {
            return 0;
        }
    }
    return 1;
}
