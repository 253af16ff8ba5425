/* SPDX-License-Identifier: Apache-2.0
 *
 * The decision about one token: recall, else ask; judge; remember.
 */
#ifndef TI_VERIFY_H
#define TI_VERIFY_H

#include "ask/server.h"
#include "base/result.h"
#include "base/world.h"
#include "claims/policy.h"

/* Decide about the question's token now; makes its key and its deadline. Always
 * fills *result; any verdict but TI_GRANTED is a refusal. Blocks for at most
 * the server's timeout, and not at all when the answer is remembered.
 * `fingerprint` gets the token's fingerprint for the log, 0 when it has none.
 */
void ti_verify(ti_result_t *result, apr_uint32_t *fingerprint,
               const ti_world_t *world, ti_question_t *question);

/* Renew a remembered answer in the background, unless a renewal is under way
 * or has just failed. Renewals may exceed the server's calls_max by a quarter
 * of it, by one at least: unknown tokens, which anyone can make up, must not
 * take the permits of those in use. Nonzero: renewed, or there was no need to.
 */
int ti_verify_refresh(const ti_world_t *world, ti_question_t *question);

#endif
