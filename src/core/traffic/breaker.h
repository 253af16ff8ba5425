/* SPDX-License-Identifier: Apache-2.0
 *
 * The circuit breaker of one of a server's endpoints: while it cannot be
 * connected to, others are asked first. It hears of nothing else, and refuses
 * nobody: where no endpoint can be connected to, all are tried.
 */
#ifndef TI_BREAKER_H
#define TI_BREAKER_H

#include <apr.h>
#include <apr_time.h>

/* So many questions in a row that could not be sent open it, for so long; then
 * one question tries. */
#define TI_BREAKER_FAILURES 3
#define TI_BREAKER_PAUSE apr_time_from_sec(1)

/* In shared memory, used without a lock. All zero is closed: it is asked. */
typedef struct ti_breaker_t {
    apr_time_t until; /* open until then (steady); 0: closed */
    apr_uint32_t failures;
} ti_breaker_t;

/* The field's words. */
typedef enum ti_breaker_state_t {
    TI_BREAKER_CLOSED = 0, /* it is asked */
    TI_BREAKER_HALF_OPEN,  /* one question finds out */
    TI_BREAKER_OPEN,       /* left alone */
    TI_BREAKER_STATES
} ti_breaker_state_t;

/* Its state at `now` (steady). NULL: closed. */
ti_breaker_state_t ti_breaker_state(const ti_breaker_t *breaker,
                                    apr_time_t now);

/* Is it an endpoint to ask at `now` (steady)? NULL: it is. */
int ti_breaker_admits(ti_breaker_t *breaker, apr_time_t now);

/* It was connected to, or it could not be; NULL does nothing. Nonzero: it has
 * opened, or closed again. */
int ti_breaker_close(ti_breaker_t *breaker);
int ti_breaker_fail(ti_breaker_t *breaker, apr_time_t now);

#endif
