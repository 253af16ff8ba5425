/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests in the metrics. A look-up that hit is counted together with the end
 * of its request, so that a hit adds to one word.
 */
#ifndef MAI_TALLY_H
#define MAI_TALLY_H

#include <httpd.h>

#include "base/metric.h"
#include "context/context.h"
#include "context/visit.h"

/* The core was asked for `context` of a request of this visit. */
void mai_tally_lookup(mai_visit_t *visit, const request_rec *r,
                      const mai_context_t *context);

/* httpd's log_transaction hook: the request has ended. */
int mai_tally_request(request_rec *r);

/* The decision about a client's request and all that continued it: the first
 * refusal, else the grant. *where is the request that it was made for. NULL: we
 * decided nothing. */
const mai_context_t *mai_tally_deciding(const request_rec **where,
                                        const request_rec *r);

/* The result under which a decision is counted, if the response has this
 * status; and the words for results in labels. */
ti_metric_result_t mai_tally_result(const mai_context_t *context, int status);
extern const char *const mai_tally_words[TI_RESULTS];

/* Where the answer came from, of ti_metric_lookup_t; -1: nothing was looked up.
 * And the words for that. */
int mai_tally_source(const ti_result_t *result);
extern const char *const mai_tally_source_words[TI_LOOKUPS];

/* The authorization server of a decision, or that of the place; NULL: none, or
 * several. */
const struct ti_server_t *mai_tally_server(const mai_context_t *context,
                                           const request_rec *r);

#endif
