/* SPDX-License-Identifier: Apache-2.0
 *
 * The circuit breaker of an endpoint as its callers see it: who wants to ask,
 * whether they may, and what came of it.
 */
#ifndef TI_GATE_H
#define TI_GATE_H

#include <apr_time.h>

#include "base/key.h"

/* When it shuts: this many failures in a row, over this many tokens. */
#define TI_BREAKER_FAILURES 5
#define TI_BREAKER_TOKENS 3

/* For how long: doubling from the first to the last, +-20 %. Shorter where only
 * statuses such as 500 shut it: there are servers that fail over tokens which
 * somebody made up, and others are not to wait long for that. */
#define TI_BREAKER_FIRST apr_time_from_sec(1)
#define TI_BREAKER_LAST apr_time_from_sec(10)
#define TI_BREAKER_LAST_STATUS apr_time_from_sec(4)

/* The most that a server's Retry-After can ask of us. */
#define TI_BREAKER_ASKED_MAX apr_time_from_sec(300)

/* How long a probe may take, at least, before another may try. */
#define TI_BREAKER_PROBE apr_time_from_sec(10)

/* May the endpoint be asked now? Zero refuses. */
typedef enum ti_gate_t {
    TI_GATE_SHUT = 0,
    TI_GATE_OPEN,
    TI_GATE_PROBE /* this one question decides: report what came of it */
} ti_gate_t;

/* Who wants to ask. All zero but `now` is a question like any other. */
typedef struct ti_breaker_ask_t {
    apr_time_t now;
    apr_interval_time_t lease; /* how long it may take, if it is a probe */
    int known; /* nonzero: of a token that was active when last asked about.
                  One that is shut for statuses only may be probed with it at
                  once: nobody makes up such a token */
} ti_breaker_ask_t;

/* What a report has changed, told to one process only: that one logs it. */
typedef enum ti_change_t {
    TI_CHANGE_NONE = 0,
    TI_CHANGE_SHUT,
    TI_CHANGE_OPENED
} ti_change_t;

/* What came of a question. Zero for what is not known is the careful choice:
 * no answer came, and the token may be to blame. */
typedef struct ti_breaker_event_t {
    int trouble;         /* nonzero: transport failure, 5xx or 429 */
    const ti_key_t *key; /* of the token */
    apr_time_t now;
    apr_interval_time_t retry_after; /* what the server asked for; 0: not */
    apr_uint32_t random;             /* any number, for the jitter */
    apr_interval_time_t took;        /* until the answer was there */
    int probe;                       /* nonzero: the gate was TI_GATE_PROBE */
    int spoke;  /* nonzero: an HTTP answer came, with whatever status */
    int unsent; /* nonzero: no byte of the question was sent (not found,
                   refused, TLS, not connected in time): no token's fault */
} ti_breaker_event_t;

/* For mod_status. */
typedef struct ti_breaker_state_t {
    ti_gate_t gate;
    apr_uint32_t failures;        /* in a row */
    apr_interval_time_t shut_for; /* from now */
    int listed;                   /* nonzero: the configuration of now has it */
} ti_breaker_state_t;

#endif
