/* SPDX-License-Identifier: Apache-2.0
 *
 * One question to the authorization server, over the first of its endpoints
 * that works.
 */
#ifndef TI_ASK_H
#define TI_ASK_H

#include "ask/outcome.h"
#include "base/key.h"
#include "base/world.h"

/* Ask about the question's token; blocks until its deadline at most. Always
 * fills *outcome; a failure is logged, at a limited rate. The next endpoint is
 * asked where nothing was sent to one. RFC 7662 2.1. */
void ti_ask(ti_outcome_t *outcome, const ti_world_t *world,
            const ti_question_t *question);

#endif
