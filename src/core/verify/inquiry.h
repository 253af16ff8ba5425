/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding out what no cache remembers: ask, once there is a permit for the
 * question, or wait for the request that asks.
 */
#ifndef TI_INQUIRY_H
#define TI_INQUIRY_H

#include "base/result.h"
#include "base/world.h"
#include "verify/answer.h"

/* Find out about the question's token; always fills *result. `old` is the
 * remembered answer, which keeps serving under IntrospectStaleIfError. Blocks
 * for at most the server's timeout. */
void ti_inquiry_make(ti_result_t *result, const ti_world_t *world,
                     ti_question_t *question, const ti_answer_t *old);

/* As ti_verify_refresh. */
int ti_inquiry_renew(const ti_world_t *world, ti_question_t *question);

#endif
