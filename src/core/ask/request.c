/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/request.h"

#include <string.h>

#include <apr_encode.h>
#include <apr_escape.h>
#include <apr_strings.h>

#include "ask/server.h"
#include "ask/trace.h"
#include "http/form.h"

static const char *basic(const ti_server_t *server, apr_pool_t *p);

/* RFC 7523 2.2 */
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

apr_status_t ti_request_compose(ti_http_request_t *request,
                                const ti_question_t *question, apr_time_t now)
{
    const ti_server_t *server = question->server;
    apr_pool_t *p = question->p;
    char *form = ti_form_add(NULL, "token", question->token, p);
    const char *assertion;
    int i;

    if (*server->hint != '\0') {
        form = ti_form_add(form, "token_type_hint", server->hint, p);
    }
    for (i = 0; server->params != NULL && i < server->params->nelts; i++) {
        const ti_param_t *param = &APR_ARRAY_IDX(server->params, i, ti_param_t);

        form = ti_form_add(form, param->name, param->value, p);
    }

    switch (server->auth) {
    case TI_AUTH_BASIC:
    case TI_AUTH_BASIC_RAW:
        request->authorization = basic(server, p);
        break;
    case TI_AUTH_POST:
        form = ti_form_add(form, "client_id", server->client_id, p);
        form = ti_form_add(form, "client_secret", server->client_secret, p);
        break;
    case TI_AUTH_BEARER:
        request->authorization =
            apr_pstrcat(p, "Bearer ", server->bearer, NULL);
        break;
    case TI_AUTH_SECRET_JWT:
    case TI_AUTH_KEY_JWT:
        assertion =
            ti_assertion_write(&server->assertion, request->url, now, p);
        if (assertion == NULL) {
            return APR_EGENERAL;
        }
        form = ti_form_add(form, "client_id", server->client_id, p);
        form = ti_form_add(form, "client_assertion_type", ASSERTION_TYPE, p);
        form = ti_form_add(form, "client_assertion", assertion, p);
        request->once = 1;
        break;
    default:
        if (server->client_id != NULL) {
            form = ti_form_add(form, "client_id", server->client_id, p);
        }
    }
    request->form = form;
    request->form_length = strlen(form);
    request->accept = "application/json";
    request->headers = server->headers;
    request->trace = ti_trace_of(question);
    return APR_SUCCESS;
}

static const char *basic(const ti_server_t *server, apr_pool_t *p)
{
    const char *id = server->client_id;
    const char *secret = server->client_secret;

    if (server->auth == TI_AUTH_BASIC) {
        id = apr_pescape_urlencoded(p, id);
        secret = apr_pescape_urlencoded(p, secret);
    }
    return apr_pstrcat(
        p, "Basic ",
        apr_pencode_base64(p, apr_pstrcat(p, id, ":", secret, NULL),
                           APR_ENCODE_STRING, APR_ENCODE_NONE, NULL),
        NULL);
}
