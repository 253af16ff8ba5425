/* SPDX-License-Identifier: Apache-2.0
 *
 * A breaker of one endpoint, for tests.
 */
#ifndef T_BROKEN_H
#define T_BROKEN_H

#include "traffic/breaker.h"

#include <apr_strings.h>

#include "shared.h"

#define NOW apr_time_from_sec(1000)

/* The jitter's ends: random % 41 is 0 at -20 %, 40 at +20 %. */
#define LEAST 0
#define MIDDLE 20
#define MOST 40

static ti_breakers_t *breakers;
static void *memory;
static apr_uint32_t here;
static apr_uint32_t random_now;
static int probes;
static __thread int probing; /* the last gate told a question to decide */
static int spoke;            /* failures come as statuses */
static int unsent;           /* nothing was sent */

static inline void breakers_open(void)
{
    ti_key_t identity = key_of("https://as.example/i");

    memory = shared_open(ti_breakers_size());
    random_now = MIDDLE;
    probes = 0;
    probing = 0;
    spoke = 0;
    unsent = 0;
    ck_assert_int_eq(ti_breakers_open(&breakers, memory, 1, pool), APR_SUCCESS);
    ck_assert_int_eq(ti_breaker_find(breakers, &identity, &here), APR_SUCCESS);
}

static inline ti_change_t tell(int trouble, int token, apr_time_t now,
                               apr_interval_time_t retry_after)
{
    ti_key_t key = key_of(apr_itoa(pool, token));
    ti_breaker_event_t event = {.trouble = trouble,
                                .key = &key,
                                .now = now,
                                .retry_after = retry_after,
                                .random = random_now,
                                .probe = probing,
                                .spoke = spoke,
                                .unsent = unsent};

    return ti_breaker_report(breakers, here, &event);
}

static inline ti_gate_t gate_of(const ti_breaker_ask_t *ask)
{
    apr_interval_time_t retry_after;
    ti_gate_t gate = ti_breaker_ask(breakers, here, ask, &retry_after);

    probing = gate == TI_GATE_PROBE;
    return gate;
}

static inline ti_gate_t gate(apr_time_t now)
{
    return gate_of(&(ti_breaker_ask_t){.now = now});
}

static inline apr_interval_time_t wait_at(apr_time_t now)
{
    ti_breaker_ask_t ask = {.now = now};
    apr_interval_time_t retry_after;

    ck_assert_int_eq(ti_breaker_ask(breakers, here, &ask, &retry_after),
                     TI_GATE_SHUT);
    return retry_after;
}

/* As many failures as it takes, each over another token. */
static inline void shut(apr_time_t now)
{
    int i;

    for (i = 1; i < TI_BREAKER_FAILURES; i++) {
        ck_assert_int_eq(tell(1, i, now, 0), TI_CHANGE_NONE);
        ck_assert_int_eq(gate(now), TI_GATE_OPEN);
    }
    ck_assert_int_eq(tell(1, i, now, 0), TI_CHANGE_SHUT);
}

static inline void *count_probes(void *number)
{
    (void)number;
    if (gate(NOW + apr_time_from_sec(2)) == TI_GATE_PROBE) {
        __atomic_add_fetch(&probes, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static inline void *fail_often(void *number)
{
    ti_key_t key = {{0}};
    ti_breaker_event_t event = {
        .trouble = 1, .key = &key, .now = NOW, .random = MIDDLE};
    int i;

    key.bytes[0] = (unsigned char)(apr_uintptr_t)number;
    key.bytes[1] = 1;
    for (i = 0; i < 100; i++) {
        if (ti_breaker_report(breakers, here, &event) == TI_CHANGE_SHUT) {
            __atomic_add_fetch(&probes, 1, __ATOMIC_RELAXED);
        }
    }
    return NULL;
}

static inline void fail_and_die(void)
{
    shut(NOW);
    kill(getpid(), SIGKILL);
}

#endif
