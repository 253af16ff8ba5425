/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/request.h"

#include <string.h>

#include <apr_encode.h>
#include <apr_escape.h>
#include <apr_strings.h>

#include "ask/outcome.h"
#include "ask/server.h"
#include "ask/trace.h"
#include "http/form.h"

static const char *basic(const ti_server_t *server, apr_pool_t *p);
static const char *escaped(const char *text, apr_pool_t *p);
static void wipe(const char *text);

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
            wipe(form);
            return APR_EGENERAL;
        }
        form = ti_form_add(form, "client_id", server->client_id, p);
        form = ti_form_add(form, "client_assertion_type", ASSERTION_TYPE, p);
        form = ti_form_add(form, "client_assertion", assertion, p);
        wipe(assertion);
        request->once = 1;
        break;
    default:
        if (server->client_id != NULL) {
            form = ti_form_add(form, "client_id", server->client_id, p);
        }
    }
    request->form = form;
    request->form_length = strlen(form);
    request->accept = ti_signing_is_on(&server->signing)
                          ? ti_signing_accept(&server->signing)
                          : "application/json";
    request->headers = server->headers;
    request->trace = ti_trace_of(question);
    return APR_SUCCESS;
}

void ti_request_limit(ti_http_request_t *request, const ti_server_t *server,
                      apr_interval_time_t left)
{
    request->route = &server->route;
    request->timeout = left;
    request->connect_timeout =
        server->connect_timeout < left ? server->connect_timeout : left;
    request->size_max = TI_BODY_MAX;
}

void ti_request_forget(ti_http_request_t *request)
{
    wipe(request->form);
    wipe(request->authorization);
    request->form = NULL;
    request->authorization = NULL;
}

static const char *basic(const ti_server_t *server, apr_pool_t *p)
{
    int raw = server->auth == TI_AUTH_BASIC_RAW;
    const char *id = raw ? server->client_id : escaped(server->client_id, p);
    const char *secret = raw ? apr_pstrdup(p, server->client_secret)
                             : escaped(server->client_secret, p);
    const char *pair = apr_pstrcat(p, id, ":", secret, NULL);
    const char *encoded =
        apr_pencode_base64(p, pair, APR_ENCODE_STRING, APR_ENCODE_NONE, NULL);
    const char *value = apr_pstrcat(p, "Basic ", encoded, NULL);

    wipe(secret);
    wipe(pair);
    wipe(encoded);
    return value;
}

/* Form-encoded, RFC 6749 2.3.1; always a copy. */
static const char *escaped(const char *text, apr_pool_t *p)
{
    const char *made = apr_pescape_urlencoded(p, text);

    return made != text ? made : apr_pstrdup(p, text);
}

static void wipe(const char *text)
{
    if (text != NULL) {
        explicit_bzero((char *)(apr_uintptr_t)text, strlen(text));
    }
}
