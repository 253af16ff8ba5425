/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer that has to be signed, from the response to what it means: RFC
 * 9701, or the claims alone in a JWT.
 */
#ifndef TI_SIGNED_H
#define TI_SIGNED_H

#include "ask/outcome.h"
#include "base/world.h"

/* Is this response one that the server has to have signed? Errors are not, and
 * stay as they are. */
int ti_signed_concerns(const struct ti_server_t *server,
                       const ti_http_response_t *response);

/* Read such a response, as ti_outcome_read does: decrypted with our keys where
 * it is encrypted, its signature verified by the server's key set, which may be
 * fetched for it until the question's deadline. The claims of an active token
 * have what was signed attached. */
void ti_signed_read(ti_outcome_t *outcome, const ti_world_t *world,
                    const ti_question_t *question,
                    const ti_http_response_t *response);

#endif
