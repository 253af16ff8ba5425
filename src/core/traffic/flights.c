/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flights.h"

#include "base/atomic.h"
#include "base/clock.h"
#include "traffic/breaker.h"
#include "traffic/slot.h"

/* Buckets for few workers; for more there are as many as workers. */
#define BUCKETS_MIN 512

/* Where the parts of the memory begin, and how much it is. */
typedef struct layout_t {
    apr_size_t head, generation, servers, registry, breakers, line, slots, size;
} layout_t;

static layout_t layout_of(const ti_capacity_t *capacity);
static apr_size_t part(apr_size_t *end, apr_size_t size);
static apr_uint32_t servers_of(const ti_capacity_t *capacity);
static apr_uint32_t buckets_of(const ti_capacity_t *capacity);
static void attach(ti_flights_t *flights, char *memory,
                   const ti_capacity_t *capacity);
static void forget(ti_flights_t *flights, apr_uint32_t number);
static const ti_pace_t *pace_of(const ti_flights_t *flights,
                                apr_uint32_t server);

apr_size_t ti_flights_size(const ti_capacity_t *capacity)
{
    return layout_of(capacity).size;
}

apr_status_t ti_flights_open(ti_flights_t **flights, void *memory, int fresh,
                             const ti_capacity_t *capacity,
                             apr_uint32_t workers, apr_pool_t *p)
{
    ti_flights_t *made = apr_pcalloc(p, sizeof(*made));
    apr_status_t rv;

    attach(made, memory, capacity);
    made->slots.admissions.workers = workers;
    if (fresh) {
        rv = ti_lock_init(&made->slots.head->lock);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    if (!ti_slots_take(&made->slots)) {
        return APR_TIMEUP;
    }
    ti_registry_begin(&made->registry);
    ti_slots_give(&made->slots);
    *flights = made;
    return APR_SUCCESS;
}

apr_uint32_t ti_flights_find(ti_flights_t *flights, const ti_key_t *identity)
{
    apr_uint32_t number;
    int is_new;

    if (flights == NULL || !ti_slots_take(&flights->slots)) {
        return TI_REGISTRY_COMMON;
    }
    number = ti_registry_find(&is_new, &flights->registry, identity);
    if (is_new) {
        forget(flights, number);
    }
    ti_slots_give(&flights->slots);
    return number;
}

int ti_flights_silent(const ti_flights_t *flights, apr_uint32_t server)
{
    const ti_pace_t *pace = pace_of(flights, server);

    return pace != NULL && TI_LOAD(pace->mode) == TI_MODE_SILENT;
}

apr_interval_time_t ti_flights_latency(const ti_flights_t *flights,
                                       apr_uint32_t server)
{
    const ti_pace_t *pace = pace_of(flights, server);

    return pace != NULL ? TI_LOAD(pace->latency) : 0;
}

ti_breaker_t *ti_flights_breaker(const ti_flights_t *flights,
                                 apr_uint32_t server, int endpoint)
{
    if (flights == NULL || server >= flights->registry.max || endpoint < 0 ||
        endpoint >= TI_FLIGHTS_ENDPOINTS || server == TI_REGISTRY_COMMON) {
        return NULL;
    }
    return &flights->breakers[server * TI_FLIGHTS_ENDPOINTS +
                              (apr_uint32_t)endpoint];
}

void ti_flights_reap(ti_flights_t *flights, apr_int64_t number)
{
    if (flights != NULL && ti_slots_take(&flights->slots)) {
        ti_slots_reap(&flights->slots, number, ti_clock_steady());
        ti_slots_give(&flights->slots);
    }
}

void ti_flights_abort(ti_flights_t *flights)
{
    TI_STORE(flights->aborted, 1);
}

void ti_flights_state(const ti_flights_t *flights, apr_uint32_t server,
                      ti_flights_state_t *state)
{
    const ti_admission_t *admission =
        &flights->slots.admissions.servers[server % flights->registry.max];

    state->mode = (ti_mode_t)TI_LOAD(admission->pace.mode);
    state->in_flight = TI_LOAD(admission->in_flight);
    state->waiting = TI_LOAD(admission->waiting);
    state->listed = ti_registry_lists(&flights->registry, server);
}

apr_uint32_t ti_flights_permits(const ti_flights_t *flights,
                                apr_uint32_t server, apr_uint32_t most,
                                apr_time_t now)
{
    return ti_pace_permits(pace_of(flights, server), most, now);
}

ti_breaker_state_t ti_flights_endpoint(const ti_flights_t *flights,
                                       apr_uint32_t server, int breaker,
                                       apr_time_t now)
{
    ti_breaker_state_t own =
        ti_breaker_state(ti_flights_breaker(flights, server, breaker), now);
    ti_flights_state_t state;

    ti_flights_state(flights, server, &state);
    return own != TI_BREAKER_CLOSED ? own
                                    : ti_flights_breaker_state(state.mode);
}

ti_breaker_state_t ti_flights_breaker_state(ti_mode_t mode)
{
    static const ti_breaker_state_t words[] = {
        [TI_MODE_NORMAL] = TI_BREAKER_CLOSED,
        [TI_MODE_DOUBT] = TI_BREAKER_HALF_OPEN,
        [TI_MODE_SILENT] = TI_BREAKER_OPEN,
    };

    return words[mode];
}

static layout_t layout_of(const ti_capacity_t *capacity)
{
    apr_size_t servers = servers_of(capacity);
    apr_size_t buckets = buckets_of(capacity);
    apr_size_t end = 0;
    layout_t layout;

    layout.head = part(&end, sizeof(ti_slots_head_t));
    layout.generation = part(&end, sizeof(apr_uint32_t));
    layout.servers = part(&end, servers * sizeof(ti_admission_t));
    layout.registry = part(&end, servers * sizeof(ti_registry_entry_t));
    layout.breakers =
        part(&end, servers * TI_FLIGHTS_ENDPOINTS * sizeof(ti_breaker_t));
    layout.line = part(&end, buckets * sizeof(ti_ticket_t));
    layout.slots = part(&end, buckets * TI_SLOT_PER_BUCKET * sizeof(ti_slot_t));
    layout.size = end;
    return layout;
}

static apr_size_t part(apr_size_t *end, apr_size_t size)
{
    apr_size_t begin = *end;

    *end += APR_ALIGN(size, 64);
    return begin;
}

static void attach(ti_flights_t *flights, char *memory,
                   const ti_capacity_t *capacity)
{
    ti_slots_t *slots = &flights->slots;
    layout_t layout = layout_of(capacity);

    slots->head = (void *)(memory + layout.head);
    slots->slots = (void *)(memory + layout.slots);
    slots->buckets = buckets_of(capacity);
    slots->admissions.servers = (void *)(memory + layout.servers);
    slots->admissions.servers_max = servers_of(capacity);
    slots->admissions.queue.length = &slots->head->length;
    slots->admissions.queue.line = (void *)(memory + layout.line);
    slots->admissions.queue.max = buckets_of(capacity);
    flights->registry.entries = (void *)(memory + layout.registry);
    flights->registry.max = servers_of(capacity);
    flights->registry.generation = (void *)(memory + layout.generation);
    flights->breakers = (void *)(memory + layout.breakers);
}

/* One more is that of all for which there is no other. */
static apr_uint32_t servers_of(const ti_capacity_t *capacity)
{
    return capacity->servers + 1;
}

/* Eight slots for each worker, so that keys hardly ever meet. */
static apr_uint32_t buckets_of(const ti_capacity_t *capacity)
{
    return capacity->workers > BUCKETS_MIN ? capacity->workers : BUCKETS_MIN;
}

/* Another server has this number now: what was learnt does not hold. */
static void forget(ti_flights_t *flights, apr_uint32_t number)
{
    int i;

    ti_admission_forget(&flights->slots.admissions, number);
    for (i = 0; i < TI_FLIGHTS_ENDPOINTS; i++) {
        ti_breaker_close(ti_flights_breaker(flights, number, i));
    }
}

/* What is known about one server; NULL for those that share a number: what one
 * of them does tells nothing about the others. */
static const ti_pace_t *pace_of(const ti_flights_t *flights,
                                apr_uint32_t server)
{
    if (flights == NULL || server >= flights->registry.max ||
        server == TI_REGISTRY_COMMON) {
        return NULL;
    }
    return &flights->slots.admissions.servers[server].pace;
}
