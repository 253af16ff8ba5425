/* SPDX-License-Identifier: Apache-2.0
 *
 * One of several endpoints of a server: whether it is asked before others.
 */
#ifndef TI_ENDPOINT_H
#define TI_ENDPOINT_H

#include "ask/outcome.h"
#include "base/world.h"

struct ti_server_t;

/* Is endpoint number `i` of the server asked now, or after others? One without
 * others always is. */
int ti_endpoint_admits(const ti_world_t *world,
                       const struct ti_server_t *server, int i);

/* Tell the breaker of endpoint number `i` what came of the question, and the
 * log when that changed its state. */
void ti_endpoint_report(const ti_world_t *world, const ti_question_t *question,
                        const ti_outcome_t *outcome, int i);

#endif
