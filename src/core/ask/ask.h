/* SPDX-License-Identifier: Apache-2.0
 *
 * One question to the authorization server, over the first of its endpoints
 * that works.
 */
#ifndef TI_ASK_H
#define TI_ASK_H

#include "base/key.h"
#include "ask/outcome.h"
#include "base/world.h"

struct ti_http_request_t;

/* Ask about the question's token; blocks until its deadline at most. Always
 * fills *outcome; a failure is logged, at a limited rate. The next endpoint is
 * asked where nothing was sent to one. RFC 7662 2.1. */
void ti_ask(ti_outcome_t *outcome, const ti_world_t *world,
            const ti_question_t *question);

/* The mode of questions to the question's server has changed: warn of it, at a
 * limited rate. */
void ti_ask_log_mode(const ti_world_t *world, const ti_question_t *question,
                     ti_mode_t mode, const ti_outcome_t *outcome);

/* Warn, at a limited rate, of what goes on with the question's server: `what`
 * happens, and why. */
void ti_ask_warn(const ti_world_t *world, const ti_question_t *question,
                 int message, const char *what, const char *why);

/* Limit a request to the server, which may take until `left` from now: times,
 * size; and its route. */
void ti_ask_limit(struct ti_http_request_t *request,
                  const struct ti_server_t *server, apr_interval_time_t left);

/* Log, at a limited rate, why a response of this URL cannot be used. */
void ti_ask_log_failure(const ti_world_t *world, const ti_question_t *question,
                        const char *url, const ti_outcome_t *outcome);

#endif
