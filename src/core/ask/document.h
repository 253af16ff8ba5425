/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents of an authorization server that are no answers about a token:
 * remembered in the same cache, under keys that no token can have.
 */
#ifndef TI_DOCUMENT_H
#define TI_DOCUMENT_H

#include "ask/outcome.h"
#include "base/world.h"

#define TI_DOCUMENT_MAX_AGE apr_time_from_sec(60)
#define TI_DOCUMENT_METADATA_MAX_AGE apr_time_from_sec(24 * 3600)

/* The server's key set: outcome->kind TI_KIND_DOCUMENT with the JSON text in
 * outcome->body, fetched at outcome->answered (steady), or why not. Many who
 * ask at once make one request, and none follows for outcome->retry_after of a
 * failure. Where the question has a token, its answer waits: until the
 * question's deadline at most. RFC 7517 5. */
void ti_document_keys(ti_outcome_t *outcome, const ti_world_t *world,
                      const ti_question_t *question);

/* The same, if it was fetched after `newer` (steady): where that fails, nobody
 * tries again for outcome->retry_after. */
void ti_document_newer_keys(ti_outcome_t *outcome, const ti_world_t *world,
                            const ti_question_t *question, apr_time_t newer);

/* The server's metadata (RFC 8414) in the same way, if they were fetched after
 * `newer` (steady); older ones stay where that fails. They are kept for a
 * day. */
void ti_document_metadata(ti_outcome_t *outcome, const ti_world_t *world,
                          const ti_question_t *question, apr_time_t newer);

#endif
