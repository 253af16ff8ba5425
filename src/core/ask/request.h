/* SPDX-License-Identifier: Apache-2.0
 *
 * The introspection request: its form and our credentials.
 */
#ifndef TI_REQUEST_H
#define TI_REQUEST_H

#include "base/world.h"
#include "http/exchange.h"

struct ti_server_t;

/* Fill in form, Authorization, Accept and further headers for one exchange with
 * request->url about this question, at `now` of the wall clock. Each exchange
 * takes one of its own: what proves who we are may be good only once.
 * RFC 7662 2.1; client authentication of RFC 6749 2.3.1 and RFC 7523 2.2. In
 * the question's pool. Not APR_SUCCESS: nothing could be signed. */
apr_status_t ti_request_compose(ti_http_request_t *request,
                                const ti_question_t *question, apr_time_t now);

/* Limit a request to the server, which may take until `left` from now: times,
 * size; and its route. */
void ti_request_limit(ti_http_request_t *request,
                      const struct ti_server_t *server,
                      apr_interval_time_t left);

/* Wipe its form and Authorization, which hold the token and our secret. */
void ti_request_forget(ti_http_request_t *request);

#endif
