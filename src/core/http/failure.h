/* SPDX-License-Identifier: Apache-2.0
 *
 * Why an exchange brought no response: the kind of failure, and one sentence
 * for an administrator.
 */
#ifndef TI_FAILURE_H
#define TI_FAILURE_H

#include <curl/curl.h>
#include <apr_pools.h>

#include "http/exchange.h"

/* How far an exchange came. */
typedef enum ti_stage_t {
    TI_STAGE_RESOLVING = 0,
    TI_STAGE_CONNECTING,
    TI_STAGE_TLS,
    TI_STAGE_WAITING, /* connected, or over a kept connection */
    TI_STAGE_READING  /* a line of the response came */
} ti_stage_t;

/* How an exchange ended. The caller owns all of it. */
typedef struct ti_failure_t {
    CURL *handle;          /* not reset yet; NULL: there was none */
    CURLcode code;         /* CURLE_OK: no failure */
    const char *words;     /* curl's, or "" */
    const char *addresses; /* that it tried to connect to, or "" */
    const char *excess;    /* the limit that the response passed, or NULL */
    ti_stage_t stage;
    int headed; /* nonzero: its header section ended */
} ti_failure_t;

/* What kind of failure; TI_HTTP_OK: none. */
ti_http_failure_t ti_failure_kind(const ti_failure_t *failure);

/* The sentence, in `p`: one line without control characters; what failed, at
 * which stage, to which address, after which time. For a failure only. */
const char *ti_failure_sentence(const ti_failure_t *failure, apr_pool_t *p);

#endif
