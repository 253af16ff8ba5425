/* SPDX-License-Identifier: Apache-2.0
 *
 * The health of each endpoint, known to all processes: one that fails again
 * and again is left alone for a while, then one question at a time finds out
 * whether it is well. One bad token that makes it fail never shuts it.
 */
#ifndef TI_BREAKER_H
#define TI_BREAKER_H

#include <apr_pools.h>

#include "traffic/gate.h"

#define TI_BREAKER_ENDPOINTS 64

typedef struct ti_breakers_t ti_breakers_t;

/* Bytes of shared memory that the breakers need. */
apr_size_t ti_breakers_size(void);

/* Make (`fresh` nonzero) or take over the breakers at `memory`, zeroed,
 * shared, aligned to 64. The handle is in `p`. */
apr_status_t ti_breakers_open(ti_breakers_t **breakers, void *memory, int fresh,
                              apr_pool_t *p);

/* A new configuration begins: what it does not find may give up its place.
 * Once per configuration, by the process that reads it. */
apr_status_t ti_breakers_begin(ti_breakers_t *breakers);

/* The index of an endpoint by its identity. A new one gets a place of its own
 * or, when there is none left, the one of the endpoint that configurations
 * have left out the longest; children of the one before may still report to
 * it, which harms nobody. APR_ENOSPC when this configuration has
 * TI_BREAKER_ENDPOINTS already. */
apr_status_t ti_breaker_find(ti_breakers_t *breakers, const ti_key_t *identity,
                             apr_uint32_t *index);

/* How many places are taken, also by endpoints that are not listed now. */
apr_uint32_t ti_breakers_count(const ti_breakers_t *breakers);

/* May this endpoint be asked? With TI_GATE_SHUT *retry_after is the time until
 * it may be. Takes no lock. */
ti_gate_t ti_breaker_ask(ti_breakers_t *breakers, apr_uint32_t index,
                         const ti_breaker_ask_t *ask,
                         apr_interval_time_t *retry_after);

/* Tell what came of a question. For a healthy endpoint takes no lock. */
ti_change_t ti_breaker_report(ti_breakers_t *breakers, apr_uint32_t index,
                              const ti_breaker_event_t *event);

/* How long an answer of this endpoint has to be waited for: the longest time
 * of late, 0 while there was none. Takes no lock. */
apr_interval_time_t ti_breaker_wait(const ti_breakers_t *breakers,
                                    apr_uint32_t index);

/* Is it shut, or has it been silent of late: no HTTP answer, since the last
 * good one? A status such as 500 may be one token's fault. Takes no lock. */
int ti_breaker_strained(const ti_breakers_t *breakers, apr_uint32_t index);

/* How an endpoint is doing. */
void ti_breaker_state(const ti_breakers_t *breakers, apr_uint32_t index,
                      apr_time_t now, ti_breaker_state_t *state);

#endif
