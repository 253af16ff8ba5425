/* SPDX-License-Identifier: Apache-2.0
 *
 * One exchange as curl does it: what curl is told before, and what it tells
 * us meanwhile.
 */
#ifndef TI_CALL_H
#define TI_CALL_H

#include <curl/curl.h>
#include <apr_pools.h>

#include "http/exchange.h"
#include "http/failure.h"
#include "http/network.h"
#include "http/reading.h"

/* Room for the addresses tried: some four, numeric, with their ports. */
#define TI_CALL_ADDRESSES_SIZE 200

/* One exchange while it lasts. */
typedef struct ti_call_t {
    ti_network_t *network;
    const ti_http_request_t *request;
    apr_pool_t *p;
    CURL *curl;
    CURLcode code; /* the first that was not CURLE_OK */
    struct curl_slist *headers;
    ti_stage_t stage;
    int sent;      /* how often curl was about to send the request */
    int sent_kept; /* nonzero: at first over a kept-alive connection */
    ti_reading_t reading;
    char words[CURL_ERROR_SIZE];            /* curl's, when it failed */
    char addresses[TI_CALL_ADDRESSES_SIZE]; /* that it tried to connect to */
} ti_call_t;

/* Do it, with network, request, pool, handle and reading set. How it ended is
 * in `code`, `stage`, `reading` and the words. */
void ti_call_run(ti_call_t *call);

/* Wipe what held secrets. After the handle was given back: until then, it
 * points to them. */
void ti_call_forget(ti_call_t *call);

#endif
