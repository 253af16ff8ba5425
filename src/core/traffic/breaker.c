/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/breaker.h"

#include <string.h>

#include "traffic/health.h"
#include "base/lock.h"

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

/* One endpoint. `seen` is read without the lock. */
typedef struct endpoint_t {
    ti_key_t identity;
    apr_uint32_t seen; /* the last generation that had it; 0: a free place */
    ti_health_t health;
} endpoint_t;

typedef struct memory_t {
    ti_lock_t lock;
    apr_uint32_t generation; /* of the configuration, from 1 */
    endpoint_t endpoints[TI_BREAKER_ENDPOINTS];
} memory_t;

struct ti_breakers_t {
    memory_t *memory;
    apr_uint32_t generation; /* of this process */
};

static int take(memory_t *memory);
static endpoint_t *place_of(ti_breakers_t *breakers, const ti_key_t *identity);

apr_size_t ti_breakers_size(void)
{
    return sizeof(memory_t);
}

apr_status_t ti_breakers_open(ti_breakers_t **breakers, void *memory, int fresh,
                              apr_pool_t *p)
{
    memory_t *ours = memory;
    apr_status_t rv = APR_SUCCESS;

    if (fresh) {
        ours->generation = 1;
        rv = ti_lock_init(&ours->lock);
    }
    *breakers = apr_pcalloc(p, sizeof(**breakers));
    (*breakers)->memory = ours;
    (*breakers)->generation = ours->generation;
    return rv;
}

apr_status_t ti_breakers_begin(ti_breakers_t *breakers)
{
    memory_t *memory = breakers->memory;

    if (!take(memory)) {
        return APR_TIMEUP;
    }
    breakers->generation = memory->generation + 1;
    STORE(memory->generation, breakers->generation);
    ti_lock_give(&memory->lock);
    return APR_SUCCESS;
}

apr_status_t ti_breaker_find(ti_breakers_t *breakers, const ti_key_t *identity,
                             apr_uint32_t *index)
{
    memory_t *memory = breakers->memory;
    endpoint_t *endpoint;

    if (!take(memory)) {
        return APR_TIMEUP;
    }
    endpoint = place_of(breakers, identity);
    if (endpoint != NULL && endpoint->seen < breakers->generation) {
        STORE(endpoint->seen, breakers->generation);
    }
    ti_lock_give(&memory->lock);
    if (endpoint == NULL) {
        return APR_ENOSPC;
    }
    *index = (apr_uint32_t)(endpoint - memory->endpoints);
    return APR_SUCCESS;
}

apr_uint32_t ti_breakers_count(const ti_breakers_t *breakers)
{
    apr_uint32_t count = 0;

    while (count < TI_BREAKER_ENDPOINTS &&
           LOAD(breakers->memory->endpoints[count].seen) != 0) {
        count++;
    }
    return count;
}

ti_gate_t ti_breaker_ask(ti_breakers_t *breakers, apr_uint32_t index,
                         const ti_breaker_ask_t *ask,
                         apr_interval_time_t *retry_after)
{
    return ti_health_ask(&breakers->memory->endpoints[index].health, ask,
                         retry_after);
}

ti_change_t ti_breaker_report(ti_breakers_t *breakers, apr_uint32_t index,
                              const ti_breaker_event_t *event)
{
    memory_t *memory = breakers->memory;
    ti_health_t *health = &memory->endpoints[index].health;
    ti_change_t change;

    if (!event->trouble && !ti_health_note(health, event)) {
        return TI_CHANGE_NONE;
    }
    if (!take(memory)) {
        return TI_CHANGE_NONE;
    }
    change = event->trouble ? ti_health_fail(health, event)
                            : ti_health_succeed(health, event->now);
    ti_lock_give(&memory->lock);
    return change;
}

apr_interval_time_t ti_breaker_wait(const ti_breakers_t *breakers,
                                    apr_uint32_t index)
{
    return LOAD(breakers->memory->endpoints[index].health.wait);
}

int ti_breaker_strained(const ti_breakers_t *breakers, apr_uint32_t index)
{
    const ti_health_t *health = &breakers->memory->endpoints[index].health;

    return LOAD(health->unheard) > 0 || LOAD(health->shut);
}

void ti_breaker_state(const ti_breakers_t *breakers, apr_uint32_t index,
                      apr_time_t now, ti_breaker_state_t *state)
{
    const endpoint_t *endpoint = &breakers->memory->endpoints[index];

    ti_health_state(&endpoint->health, now, state);
    state->listed = LOAD(endpoint->seen) == LOAD(breakers->memory->generation);
}

/* What the lock guards needs no mending: a report that is half done is one
 * that came too late. */
static int take(memory_t *memory)
{
    apr_status_t rv = ti_lock_take(&memory->lock);

    return rv == APR_SUCCESS || rv == APR_INCOMPLETE;
}

/* Where it is, or the place that was left out the longest: a free one before
 * all others. NULL: this generation has them all. */
static endpoint_t *place_of(ti_breakers_t *breakers, const ti_key_t *identity)
{
    endpoint_t *oldest = breakers->memory->endpoints;
    apr_uint32_t i;

    for (i = 0; i < TI_BREAKER_ENDPOINTS; i++) {
        endpoint_t *endpoint = &breakers->memory->endpoints[i];

        if (endpoint->seen != 0 &&
            memcmp(&endpoint->identity, identity, sizeof(*identity)) == 0) {
            return endpoint;
        }
        if (endpoint->seen < oldest->seen) {
            oldest = endpoint;
        }
    }
    if (oldest->seen >= breakers->generation) {
        return NULL;
    }
    oldest->identity = *identity;
    ti_health_reset(&oldest->health);
    return oldest;
}
