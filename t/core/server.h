/* SPDX-License-Identifier: Apache-2.0
 *
 * A server of usual settings, for tests.
 */
#ifndef T_SERVER_H
#define T_SERVER_H

#include "ask/server.h"
#include "http/address.h"
#include "http/exchange.h"

#include <string.h>

#include <apr_strings.h>

#include "tap.h"

static ti_server_t *server;

static inline void set_endpoints(ti_server_t *to, const char *one,
                                 const char *other)
{
    apr_array_header_t *endpoints =
        apr_array_make(pool, 2, sizeof(const char *));

    APR_ARRAY_PUSH(endpoints, const char *) = one;
    if (other != NULL) {
        APR_ARRAY_PUSH(endpoints, const char *) = other;
    }
    to->endpoints = endpoints;
}

static inline void add_param(ti_server_t *to, const char *name,
                             const char *value)
{
    apr_array_header_t *params =
        to->params != NULL ? apr_array_copy(pool, to->params)
                           : apr_array_make(pool, 2, sizeof(ti_param_t));
    ti_param_t param = {name, value};

    APR_ARRAY_PUSH(params, ti_param_t) = param;
    to->params = params;
}

static inline void add_header(ti_server_t *to, const char *name,
                              const char *value)
{
    apr_array_header_t *headers = apr_array_make(pool, 1, sizeof(ti_header_t));
    ti_header_t header = {name, value};

    APR_ARRAY_PUSH(headers, ti_header_t) = header;
    to->headers = headers;
}

static inline void server_open(void)
{
    server = ti_server_create(pool);
    set_endpoints(server, "https://as.example/i", NULL);
    server->client_id = "me";
    server->client_secret = "secret";
}

static inline const char *complaint(void)
{
    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    return ti_server_complaint(server, pool);
}

/* Does the complaint name this directive? */
static inline int asks_for(const char *directive)
{
    const char *said = complaint();

    return said != NULL && strstr(said, directive) != NULL;
}

static inline const char *url(const char *text, int insecure)
{
    return ti_address_complaint(text, insecure, pool);
}

/* The identity of the usual server with one thing changed. */
static inline ti_key_t identity(void (*change)(void))
{
    server_open();
    if (change != NULL) {
        change();
    }
    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    return server->identity;
}

#endif
