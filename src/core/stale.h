/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectStaleIfError: older answers that serve on while nobody can be
 * asked.
 */
#ifndef TI_STALE_H
#define TI_STALE_H

#include "key.h"
#include "result.h"
#include "world.h"

/* In place of a *result that says "unavailable": an older yes about this token
 * that the policy of the place still grants, if it is remembered; or what
 * somebody else has learned meanwhile. Else *result stays. Never an older no,
 * never beyond exp, never where IntrospectMaxAge wants it fresher. */
void ti_stale_serve(ti_result_t *result, const ti_world_t *world,
                    const ti_question_t *question, const ti_key_t *key);

#endif
