/* SPDX-License-Identifier: Apache-2.0
 *
 * What an administrator can try where the authorization server refuses us.
 */
#ifndef TI_ADVICE_H
#define TI_ADVICE_H

#include "ask/outcome.h"
#include "base/world.h"

/* The end of a log line about this outcome: which client and method were sent,
 * and what to try; "" where there is nothing to say. In the question's pool,
 * without a secret. */
const char *ti_advice_for(const ti_question_t *question,
                          const ti_outcome_t *outcome);

#endif
