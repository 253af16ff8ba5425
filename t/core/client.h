/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP client under test, in front of a server of peer.h.
 */
#ifndef T_CLIENT_H
#define T_CLIENT_H

#include <apr_strings.h>

#include "http/http.h"
#include "peer.h"
#include "tap.h"

#define OK_ANSWER                                                              \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"                    \
    "Content-Length: 16\r\n\r\n{\"active\":false}"

/* What the server says to each request. */
static const char *raw = OK_ANSWER;

static ti_http_t *http;
static peer_t *peer; /* NULL: the test starts none */

static void client_open(void)
{
    pool_open();
    ck_assert_int_eq(ti_http_create(&http, 16, pool), APR_SUCCESS);
}

static void client_close(void)
{
    pool_close();
    if (peer != NULL) {
        peer_stop(peer);
        peer = NULL;
    }
}

/* A POST of "token=x" to this port, with ample limits. */
static ti_http_request_t post_to(int port)
{
    ti_http_request_t request = {0};

    request.url = apr_psprintf(pool, "http://127.0.0.1:%d/introspect", port);
    request.form = "token=x";
    request.form_length = 7;
    request.accept = "application/json";
    request.timeout = apr_time_from_sec(10);
    request.connect_timeout = apr_time_from_sec(10);
    request.size_max = 64 * 1024;
    return request;
}

static ti_http_response_t ask(const ti_http_request_t *request)
{
    ti_http_response_t answer;
    apr_status_t rv = http->exchange(http, &answer, request, pool);

    ck_assert_int_eq(rv == APR_SUCCESS, answer.failure == TI_HTTP_OK);
    ck_assert_int_eq(answer.reason == NULL, answer.failure == TI_HTTP_OK);
    if (answer.failure != TI_HTTP_OK) {
        ck_assert_str_eq(answer.body, "");
        ck_assert_int_eq(answer.status, 0);
    }
    return answer;
}

/* Answers each request, on one connection. */
PEER_MAYBE static void answer_all(peer_talk_t *talk)
{
    while (peer_read(talk) && peer_say(talk, raw)) {
    }
}

/* Answers one request, and closes. */
PEER_MAYBE static void answer_one(peer_talk_t *talk)
{
    if (peer_read(talk)) {
        peer_say(talk, raw);
    }
}

PEER_MAYBE static ti_http_response_t ask_peer(void)
{
    ti_http_request_t request = post_to(peer->port);

    return ask(&request);
}

/* Ask a server that says `text` in the way of `script`. */
PEER_MAYBE static ti_http_response_t ask_for(const char *text,
                                             peer_script_t *script)
{
    raw = text;
    peer = peer_start(script);
    return ask_peer();
}

#endif
