/* SPDX-License-Identifier: Apache-2.0
 *
 * What is counted about questions to authorization servers.
 */
#ifndef TI_TALLY_H
#define TI_TALLY_H

#include "ask/outcome.h"
#include "ask/server.h"
#include "base/metric.h"
#include "base/world.h"
#include "traffic/breaker.h"

/* What came of one exchange with the server's endpoint of this number. Nothing
 * where we gave up. */
void ti_tally_exchange(const ti_world_t *world, const ti_question_t *question,
                       int endpoint, const ti_outcome_t *outcome,
                       const ti_http_response_t *response);

/* Of a key set. */
void ti_tally_keys(const ti_world_t *world, const ti_server_t *server,
                   const ti_outcome_t *outcome);

/* An endpoint's breaker changed its state; the mode of the server did, which is
 * that of all its endpoints. */
void ti_tally_breaker(const ti_world_t *world, const ti_server_t *server,
                      int endpoint, ti_breaker_state_t state);
void ti_tally_mode(const ti_world_t *world, const ti_server_t *server,
                   ti_mode_t mode);

#endif
