/* SPDX-License-Identifier: Apache-2.0
 *
 * The key set and the metadata of an authorization server, each fetched with a
 * GET; and what the responses mean.
 */
#ifndef TI_RETRIEVAL_H
#define TI_RETRIEVAL_H

#include "ask/outcome.h"
#include "base/world.h"

/* The time that is left for a document: IntrospectTimeout, or what is left of
 * the question's time where an answer about its token waits for the document.
 * 0: none. */
apr_interval_time_t ti_retrieval_left(const ti_world_t *world,
                                      const ti_question_t *question);

/* GET the server's key set: outcome->kind TI_KIND_DOCUMENT with the JSON text
 * in outcome->body, or why there is none, which is logged. It is counted. */
void ti_retrieval_keys(ti_outcome_t *outcome, const ti_world_t *world,
                       const ti_question_t *question);

/* What the response to that GET means: a JSON object with an array `keys`, RFC
 * 7517 5. */
void ti_retrieval_read_keys(ti_outcome_t *outcome,
                            const ti_http_response_t *response, apr_pool_t *p);

/* GET the server's metadata in the same way, such that ti_discovery_apply can
 * put them into the server. Where the first location of RFC 8414 has nothing
 * that can be used, the second one is asked: many servers have one of them. */
void ti_retrieval_metadata(ti_outcome_t *outcome, const ti_world_t *world,
                           const ti_question_t *question);

#endif
