/* SPDX-License-Identifier: Apache-2.0
 *
 * What curl is told of the way to an authorization server: socket, proxy, and
 * whom it trusts.
 */
#ifndef TI_REACH_H
#define TI_REACH_H

#include <curl/curl.h>
#include <apr_pools.h>

#include "http/exchange.h"

/* Tell the handle by which way it reaches the request's address. CURLE_OK, or
 * the first refusal of curl. Strings are in `p`, or the request's. */
CURLcode ti_reach_set(CURL *curl, const ti_http_request_t *request,
                      apr_pool_t *p);

#endif
