/* SPDX-License-Identifier: Apache-2.0
 *
 * Trouble with an authorization server, in the log: at a limited rate.
 */
#ifndef TI_TROUBLE_H
#define TI_TROUBLE_H

#include "ask/outcome.h"
#include "base/world.h"

/* The mode of questions to the question's server has changed: warn of it, at a
 * limited rate. */
void ti_trouble_log_mode(const ti_world_t *world, const ti_question_t *question,
                         ti_mode_t mode, const ti_outcome_t *outcome);

/* Warn, at a limited rate, of what goes on with the question's server: `what`
 * happens, and why. */
void ti_trouble_warn(const ti_world_t *world, const ti_question_t *question,
                     int message, const char *what, const char *why);

/* Log, at a limited rate, why a response of this URL cannot be used. */
void ti_trouble_log(const ti_world_t *world, const ti_question_t *question,
                    const char *url, const ti_outcome_t *outcome);

#endif
