/* SPDX-License-Identifier: Apache-2.0
 *
 * Remembering: which outcomes are kept, for how long, and whether a remembered
 * answer is fresh enough for this place.
 */
#ifndef TI_ANSWER_H
#define TI_ANSWER_H

#include "ask/outcome.h"
#include "ask/server.h"
#include "base/result.h"
#include "base/world.h"
#include "cache/cache.h"
#include "claims/claims.h"
#include "claims/policy.h"

typedef enum ti_answer_state_t {
    TI_ANSWER_NONE = 0,
    TI_ANSWER_FRESH, /* serves this place now */
    TI_ANSWER_STALE  /* would serve under IntrospectStaleIfError only */
} ti_answer_state_t;

/* Something remembered; its bytes are in the question's pool. */
typedef struct ti_answer_t {
    ti_answer_state_t state;
    ti_entry_t entry;
    ti_now_t now; /* when it was recalled: its age is that of this moment */
} ti_answer_t;

/* Look for the answer to a question, under the token's key. An answer to
 * others serves only if the server has accepted our own credentials since they
 * were loaded, by calling a token active. Look in the front cache, and, if its
 * answer is too old for this place, in the one behind it too: another machine
 * may have a newer one.
 * Fresh: younger than the server's cap and the place's IntrospectMaxAge. A cap
 * or a MaxAge of 0 is never fresh. */
void ti_answer_recall(ti_answer_t *answer, const ti_world_t *world,
                      const ti_question_t *question);

/* The same in this machine's cache only: for a caller that looks again. */
void ti_answer_recall_local(ti_answer_t *answer, const ti_world_t *world,
                            const ti_question_t *question);

/* Look for something younger in the store that other machines write to.
 * Nonzero: it was there, and *answer is that. */
int ti_answer_recall_younger(ti_answer_t *answer, const ti_world_t *world,
                             const ti_question_t *question);

/* Only for waiters of the question that was `answered` then: its answer serves
 * them as it serves the leader, even after its time; but not in a place for
 * which it was too old when the request `arrived`. */
#define TI_ANSWER_SHARED apr_time_from_sec(1)
int ti_answer_shares(const ti_answer_t *answer, const ti_question_t *question,
                     apr_time_t answered);

/* Judge something remembered under the policy of the question's place. */
void ti_answer_judge(ti_result_t *result, const ti_question_t *question,
                     const ti_answer_t *answer);

/* Keep an outcome: active for min(cap, exp - now) (RFC 7662 4), plus the time
 * of IntrospectStaleIfError, never beyond exp; inactive for its own cap;
 * failures not at all. For TI_ANSWER_SHARED it stays there for the waiters,
 * unless the cap is 0. If a later question has already found the token
 * inactive, the outcome becomes that. */
void ti_answer_keep(const ti_world_t *world, const ti_question_t *question,
                    ti_outcome_t *outcome);

#endif
