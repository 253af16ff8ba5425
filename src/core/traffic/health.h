/* SPDX-License-Identifier: Apache-2.0
 *
 * The health of one endpoint, in shared memory, for breaker: which failures
 * shut it, for how long, and who may try it again.
 */
#ifndef TI_HEALTH_H
#define TI_HEALTH_H

#include "traffic/gate.h"

/* All zero is healthy. The words are read without the breakers' lock and
 * written under it, except `probe`, which whoever may probe takes by compare
 * and exchange, and `wait`, of which a value lost does not matter.
 * `until`, `shut`, `probe` are written in this order and read in the opposite
 * one: who sees that it is shut, or that nobody probes, sees until when. */
typedef struct ti_health_t {
    apr_uint32_t failures;    /* in a row */
    apr_uint32_t unheard;     /* of these, so many without an HTTP answer */
    apr_uint32_t shut;        /* nonzero: since it shut, no success yet, and
                                 why: see health.c */
    apr_uint32_t times;       /* how often it shut without a success between */
    apr_time_t until;         /* while shut: no question before this moment */
    apr_time_t probe;         /* nor before this one, unless 0: a probe runs */
    apr_time_t asked;         /* the server itself wants no question before */
    apr_interval_time_t wait; /* for its answers */
    apr_uint64_t keys[TI_BREAKER_TOKENS]; /* different tokens that failed */
} ti_health_t;

/* Make it healthy, though others may read it: it is another endpoint's now. */
void ti_health_reset(ti_health_t *health);

/* As ti_breaker_ask. */
ti_gate_t ti_health_ask(ti_health_t *health, const ti_breaker_ask_t *ask,
                        apr_interval_time_t *retry_after);

/* Note a success. Nonzero: there is more to do, ti_health_succeed. */
int ti_health_note(ti_health_t *health, const ti_breaker_event_t *event);

/* What a success, or a failure, changes. Under the breakers' lock. */
ti_change_t ti_health_succeed(ti_health_t *health, apr_time_t now);
ti_change_t ti_health_fail(ti_health_t *health,
                           const ti_breaker_event_t *event);

/* As ti_breaker_state, but for `listed`. */
void ti_health_state(const ti_health_t *health, apr_time_t now,
                     ti_breaker_state_t *state);

#endif
