/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectStaleIfError: older answers that serve on while nobody can be
 * asked. Never an older no, never beyond exp, never where IntrospectMaxAge
 * wants it fresher, and only where the policy of the place is still met.
 */
#ifndef TI_STALE_H
#define TI_STALE_H

#include "base/key.h"
#include "base/result.h"
#include "base/world.h"
#include "verify/answer.h"

/* For an older answer, while the server is silent: serve it
 * now, and let a renewal in the background find out whether the server is
 * back. Nonzero: *result is filled, and grants. */
int ti_stale_serve_at_once(ti_result_t *result, const ti_world_t *world,
                           const ti_question_t *question,
                           const ti_answer_t *answer);

/* In place of a *result that says "unavailable": an older answer about this
 * token, or what somebody else has learned meanwhile; else *result stays. */
void ti_stale_serve(ti_result_t *result, const ti_world_t *world,
                    const ti_question_t *question);

#endif
