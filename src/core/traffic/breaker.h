/* SPDX-License-Identifier: Apache-2.0
 *
 * The health of each endpoint, known to all processes: one that fails again
 * and again is left alone for a while, then one question at a time finds out
 * whether it is well. One bad token that makes it fail never shuts it.
 */
#ifndef TI_BREAKER_H
#define TI_BREAKER_H

#include <apr_pools.h>
#include <apr_time.h>

#include "base/key.h"

#define TI_BREAKER_ENDPOINTS 64

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

typedef struct ti_breakers_t ti_breakers_t;

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
