/* SPDX-License-Identifier: Apache-2.0 */
#include "breaker.h"

#include <string.h>

#include "lock.h"

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

/* No moment that is set here is further away than this. */
#define FAR (2 * TI_BREAKER_ASKED_MAX)

/* One endpoint. The words are read without the lock and written under it,
 * except `probe`, which whoever may probe takes by compare and exchange, and
 * `wait`, of which a value lost does not matter.
 * `until`, `shut`, `probe` are written in this order and read in the opposite
 * one: who sees that it is shut, or that nobody probes, sees until when. */
typedef struct endpoint_t {
    ti_key_t identity;
    apr_uint32_t used;
    apr_uint32_t failures;    /* in a row */
    apr_uint32_t shut;        /* nonzero: since it shut, no success yet */
    apr_uint32_t times;       /* how often it shut without a success between */
    apr_time_t until;         /* while shut: no question before this moment */
    apr_time_t probe;         /* nor before this one, unless 0: a probe runs */
    apr_time_t asked;         /* the server itself wants no question before */
    apr_interval_time_t wait; /* for its answers; whoever has one, writes it */
    apr_uint64_t keys[TI_BREAKER_TOKENS]; /* different tokens that failed */
} endpoint_t;

typedef struct memory_t {
    ti_lock_t lock;
    endpoint_t endpoints[TI_BREAKER_ENDPOINTS];
} memory_t;

struct ti_breakers_t {
    memory_t *memory;
};

static void learn(endpoint_t *endpoint, apr_interval_time_t took);
static int ahead(apr_time_t moment, apr_time_t now);
static apr_time_t later(apr_time_t old, apr_time_t moment, apr_time_t now);
static ti_change_t succeed(endpoint_t *endpoint, apr_time_t now);
static ti_change_t fail(endpoint_t *endpoint, const ti_breaker_event_t *event);
static ti_change_t shut(endpoint_t *endpoint, apr_time_t until, apr_time_t now);
static int enough_tokens(endpoint_t *endpoint, const ti_key_t *key);
static apr_interval_time_t pause_of(const endpoint_t *endpoint,
                                    apr_uint32_t random);

apr_size_t ti_breakers_size(void)
{
    return sizeof(memory_t);
}

apr_status_t ti_breakers_open(ti_breakers_t **breakers, void *memory, int fresh,
                              apr_pool_t *p)
{
    *breakers = apr_pcalloc(p, sizeof(**breakers));
    (*breakers)->memory = memory;
    return fresh ? ti_lock_init(&(*breakers)->memory->lock) : APR_SUCCESS;
}

apr_status_t ti_breaker_find(ti_breakers_t *breakers, const ti_key_t *identity,
                             apr_uint32_t *index)
{
    memory_t *memory = breakers->memory;
    apr_status_t rv = ti_lock_take(&memory->lock);
    apr_uint32_t i;

    if (rv != APR_SUCCESS && rv != APR_INCOMPLETE) {
        return rv;
    }
    rv = APR_ENOSPC;
    for (i = 0; i < TI_BREAKER_ENDPOINTS; i++) {
        endpoint_t *endpoint = &memory->endpoints[i];

        if (!endpoint->used) {
            endpoint->identity = *identity;
            STORE(endpoint->used, 1);
        }
        if (memcmp(&endpoint->identity, identity, sizeof(*identity)) == 0) {
            *index = i;
            rv = APR_SUCCESS;
            break;
        }
    }
    ti_lock_give(&memory->lock);
    return rv;
}

apr_uint32_t ti_breakers_count(const ti_breakers_t *breakers)
{
    apr_uint32_t count = 0;

    while (count < TI_BREAKER_ENDPOINTS &&
           LOAD(breakers->memory->endpoints[count].used)) {
        count++;
    }
    return count;
}

ti_gate_t ti_breaker_ask(ti_breakers_t *breakers, apr_uint32_t index,
                         apr_time_t now, apr_interval_time_t *retry_after)
{
    endpoint_t *endpoint = &breakers->memory->endpoints[index];
    apr_time_t probe = LOAD(endpoint->probe);
    apr_time_t until;

    *retry_after = 0;
    if (!LOAD(endpoint->shut)) {
        return TI_GATE_OPEN;
    }
    until = LOAD(endpoint->until);
    if (ahead(until, now)) {
        *retry_after = until - now;
        return TI_GATE_SHUT;
    }
    if (!ahead(probe, now) &&
        __atomic_compare_exchange_n(&endpoint->probe, &probe,
                                    now + TI_BREAKER_PROBE, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        return TI_GATE_PROBE;
    }
    *retry_after = TI_BREAKER_FIRST;
    return TI_GATE_SHUT;
}

ti_change_t ti_breaker_report(ti_breakers_t *breakers, apr_uint32_t index,
                              const ti_breaker_event_t *event)
{
    memory_t *memory = breakers->memory;
    endpoint_t *endpoint = &memory->endpoints[index];
    ti_change_t change;
    apr_status_t rv;

    if (!event->trouble) {
        learn(endpoint, event->took);
    }
    if (!event->trouble && LOAD(endpoint->failures) == 0 &&
        !LOAD(endpoint->shut)) {
        return TI_CHANGE_NONE;
    }
    rv = ti_lock_take(&memory->lock);
    if (rv != APR_SUCCESS && rv != APR_INCOMPLETE) {
        return TI_CHANGE_NONE;
    }
    change =
        event->trouble ? fail(endpoint, event) : succeed(endpoint, event->now);
    ti_lock_give(&memory->lock);
    return change;
}

apr_interval_time_t ti_breaker_wait(const ti_breakers_t *breakers,
                                    apr_uint32_t index)
{
    return LOAD(breakers->memory->endpoints[index].wait);
}

int ti_breaker_strained(const ti_breakers_t *breakers, apr_uint32_t index)
{
    const endpoint_t *endpoint = &breakers->memory->endpoints[index];

    return LOAD(endpoint->failures) > 0 || LOAD(endpoint->shut);
}

void ti_breaker_state(const ti_breakers_t *breakers, apr_uint32_t index,
                      apr_time_t now, ti_breaker_state_t *state)
{
    const endpoint_t *endpoint = &breakers->memory->endpoints[index];
    apr_uint32_t is_shut = LOAD(endpoint->shut);
    apr_time_t until = LOAD(endpoint->until);

    state->failures = LOAD(endpoint->failures);
    state->shut_for = is_shut && ahead(until, now) ? until - now : 0;
    state->gate = !is_shut               ? TI_GATE_OPEN
                  : state->shut_for != 0 ? TI_GATE_SHUT
                                         : TI_GATE_PROBE;
}

/* Up at once, down by an eighth of the way each time. */
static void learn(endpoint_t *endpoint, apr_interval_time_t took)
{
    apr_interval_time_t old = LOAD(endpoint->wait);

    if (took != old) {
        STORE(endpoint->wait, took > old ? took : old - (old - took + 7) / 8);
    }
}

/* Is this moment still to come? One that is too far away was set before the
 * clock was set back. */
static int ahead(apr_time_t moment, apr_time_t now)
{
    return moment > now && moment - now < FAR;
}

/* The later one of two, if the old one is still to come. */
static apr_time_t later(apr_time_t old, apr_time_t moment, apr_time_t now)
{
    return ahead(old, now) && old > moment ? old : moment;
}

/* `until` stays: whoever still sees it shut must not take it for a pause that
 * is over. */
static ti_change_t succeed(endpoint_t *endpoint, apr_time_t now)
{
    int was_shut = endpoint->shut != 0;

    STORE(endpoint->failures, 0);
    endpoint->times = 0;
    memset(endpoint->keys, 0, sizeof(endpoint->keys));
    if (ahead(endpoint->asked, now)) {
        return TI_CHANGE_NONE; /* it was on its way when the server asked */
    }
    endpoint->asked = 0;
    STORE(endpoint->shut, 0);
    STORE(endpoint->probe, 0);
    return was_shut ? TI_CHANGE_OPENED : TI_CHANGE_NONE;
}

/* While it is shut, of all failures only a probe's says something new: the
 * others were on their way when it shut. */
static ti_change_t fail(endpoint_t *endpoint, const ti_breaker_event_t *event)
{
    int news = !endpoint->shut || event->probe;
    apr_interval_time_t asked = event->retry_after < TI_BREAKER_ASKED_MAX
                                    ? event->retry_after
                                    : TI_BREAKER_ASKED_MAX;
    apr_interval_time_t pause = 0;

    if (news) {
        int different = enough_tokens(endpoint, event->key);

        if (endpoint->failures < APR_INT32_MAX) {
            STORE(endpoint->failures, endpoint->failures + 1);
        }
        if (endpoint->shut ||
            (different && endpoint->failures >= TI_BREAKER_FAILURES)) {
            pause = pause_of(endpoint, event->random);
            endpoint->times++;
        }
    }
    if (asked > 0) {
        endpoint->asked =
            later(endpoint->asked, event->now + asked, event->now);
        pause = asked > pause ? asked : pause;
    }
    return pause > 0 ? shut(endpoint, event->now + pause, event->now)
                     : TI_CHANGE_NONE;
}

/* Shut it until then; a later end that was set before stays. */
static ti_change_t shut(endpoint_t *endpoint, apr_time_t until, apr_time_t now)
{
    int was_shut = endpoint->shut != 0;

    STORE(endpoint->until,
          was_shut ? later(endpoint->until, until, now) : until);
    STORE(endpoint->shut, 1);
    STORE(endpoint->probe, 0);
    return was_shut ? TI_CHANGE_NONE : TI_CHANGE_SHUT;
}

/* Remember the token; have there been enough different ones? */
static int enough_tokens(endpoint_t *endpoint, const ti_key_t *key)
{
    apr_uint64_t name;
    int i;

    memcpy(&name, key->bytes, sizeof(name));
    name |= 1; /* zero stands for none */
    for (i = 0; i < TI_BREAKER_TOKENS; i++) {
        if (endpoint->keys[i] == 0) {
            endpoint->keys[i] = name;
        }
        if (endpoint->keys[i] == name) {
            break;
        }
    }
    return endpoint->keys[TI_BREAKER_TOKENS - 1] != 0;
}

static apr_interval_time_t pause_of(const endpoint_t *endpoint,
                                    apr_uint32_t random)
{
    apr_uint32_t doublings = endpoint->times < 5 ? endpoint->times : 5;
    apr_interval_time_t pause = TI_BREAKER_FIRST << doublings;

    if (pause > TI_BREAKER_LAST) {
        pause = TI_BREAKER_LAST;
    }
    return pause * (80 + random % 41) / 100;
}
