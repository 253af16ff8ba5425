/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectStaleIfError: stale answers that serve while the server cannot be
 * asked. Never an "inactive", never beyond exp, never where IntrospectMaxAge
 * demands a fresher one, and only while the policy of the place is met.
 */
#ifndef TI_STALE_H
#define TI_STALE_H

#include "base/key.h"
#include "base/result.h"
#include "base/world.h"
#include "verify/answer.h"

/* For a stale answer, while the server is silent: serve it now, and let a
 * background renewal find out whether the server is back. Nonzero: *result is
 * filled, and grants. */
int ti_stale_serve_at_once(ti_result_t *result, const ti_world_t *world,
                           const ti_question_t *question,
                           const ti_answer_t *answer);

/* Replace a *result that says "unavailable" by a stale answer about this
 * token, or by one that came meanwhile; else *result stays. */
void ti_stale_serve(ti_result_t *result, const ti_world_t *world,
                    const ti_question_t *question);

#endif
