/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flight.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "traffic/seat.h"
#include "traffic/slot.h"
#include "base/wait.h"

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

struct ti_flights_t {
    ti_slots_t *slots;
};

/* A flight of somebody else, as it was seen. */
typedef struct sight_t {
    ti_slot_t *slot;
    apr_uint32_t turn;
} sight_t;

static int is_led(const ti_slot_t *slot);
static int has_failed(const ti_slot_t *slot, apr_time_t now,
                      apr_interval_time_t pause);
static int is_over(const ti_slot_t *slot, const sight_t *gone, apr_time_t now);
static ti_boarding_t take_off(ti_flight_t *flight, ti_slots_t *slots,
                              const ti_flight_plan_t *plan, apr_time_t now);
static ti_boarding_t wait_for(ti_flight_t *flight, const sight_t *sight,
                              const ti_flight_plan_t *plan, apr_time_t until);
static void read_landing(ti_flight_t *flight, ti_slots_t *slots,
                         const ti_slot_t *slot, const ti_key_t *key);
static int is_crowded(const ti_flight_plan_t *plan, apr_interval_time_t since);
static int is_lost(const ti_slot_t *slot, apr_time_t now);

apr_size_t ti_flights_size(void)
{
    return sizeof(ti_slots_t);
}

apr_status_t ti_flights_open(ti_flights_t **flights, void *memory, int fresh,
                             apr_pool_t *p)
{
    *flights = apr_pcalloc(p, sizeof(**flights));
    (*flights)->slots = memory;
    return fresh ? ti_lock_init(&(*flights)->slots->lock) : APR_SUCCESS;
}

ti_boarding_t ti_flight_board(ti_flight_t *flight, ti_flights_t *flights,
                              const ti_flight_plan_t *plan)
{
    static const ti_landing_t nothing;
    ti_slots_t *slots = flights->slots;
    apr_time_t until = ti_clock_steady() + plan->wait;
    sight_t sight = {NULL, 0}; /* also: a flight whose leader is lost */
    ti_boarding_t boarding;

    if (is_crowded(plan, 0)) {
        return TI_FLIGHT_CROWDED;
    }
    for (;;) {
        apr_time_t now = ti_clock_steady();
        ti_slot_t *slot;

        if (plan->server >= TI_FLIGHT_SERVERS || !ti_slots_take(slots)) {
            return TI_FLIGHT_FULL;
        }
        slot = plan->alone ? NULL : ti_slots_flying(slots, plan->key);
        if (slot == NULL || is_over(slot, &sight, now)) {
            if (slot != NULL) {
                ti_slot_ground(slots, slot, &nothing);
            }
            boarding = take_off(flight, slots, plan, now);
            ti_slots_give(slots);
            if (slot != NULL) {
                ti_wait_wake(&slot->turn);
            }
            return boarding;
        }
        sight.slot = slot;
        sight.turn = slot->turn;
        ti_slots_give(slots);

        boarding = wait_for(flight, &sight, plan, until);
        if (boarding == TI_FLIGHT_LANDED) {
            read_landing(flight, slots, slot, plan->key);
        }
        if (boarding != TI_FLIGHT_LEAD) {
            return boarding;
        }
    }
}

void ti_flight_land(ti_flights_t *flights, const ti_flight_t *flight,
                    const ti_landing_t *landing)
{
    ti_slots_t *slots = flights->slots;
    ti_slot_t *slot = ti_slots_at(slots, flight->slot);

    if (!ti_slots_take(slots)) {
        return;
    }
    if (slot->turn == flight->turn) {
        if (landing->verdict != TI_UNDECIDED) {
            STORE(slot->failed, ti_clock_steady());
        }
        ti_slot_ground(slots, slot, landing);
    }
    ti_slots_give(slots);
    ti_wait_wake(&slot->turn);
}

int ti_flight_busy(const ti_flights_t *flights, const ti_key_t *key,
                   apr_time_t now, apr_interval_time_t pause)
{
    const ti_slot_t *slot;
    const ti_slot_t *end;
    apr_uint64_t name;

    if (flights == NULL) {
        return 0;
    }
    memcpy(&name, key->bytes, sizeof(name));
    slot = ti_slots_bucket(flights->slots, key);
    for (end = slot + TI_SLOT_PER_BUCKET; slot < end; slot++) {
        if (__atomic_load_n(&slot->name, __ATOMIC_RELAXED) == name &&
            (is_led(slot) || has_failed(slot, now, pause))) {
            return 1;
        }
    }
    return 0;
}

apr_uint32_t ti_flights_count(const ti_flights_t *flights, apr_uint32_t server)
{
    return server < TI_FLIGHT_SERVERS ? LOAD(flights->slots->counts[server])
                                      : 0;
}

/* Is somebody asking? Who was killed is at most until its lease is over. */
static int is_led(const ti_slot_t *slot)
{
    return (LOAD(slot->turn) & 1) != 0 && ti_clock_steady() < LOAD(slot->lease);
}

/* Did it land in vain during the last `pause`? */
static int has_failed(const ti_slot_t *slot, apr_time_t now,
                      apr_interval_time_t pause)
{
    apr_time_t failed = LOAD(slot->failed);

    return failed != 0 && now < failed + pause;
}

/* Has its leader lost the lead: too late, or found dead while we waited? */
static int is_over(const ti_slot_t *slot, const sight_t *gone, apr_time_t now)
{
    return now >= slot->lease ||
           (slot == gone->slot && slot->turn == gone->turn);
}

static ti_boarding_t take_off(ti_flight_t *flight, ti_slots_t *slots,
                              const ti_flight_plan_t *plan, apr_time_t now)
{
    apr_uint32_t *count = &slots->counts[plan->server];
    apr_uint64_t name;
    ti_slot_t *slot;

    memcpy(&name, plan->key->bytes, sizeof(name));
    if (*count >= plan->cap) {
        ti_slots_sweep(slots, now);
    }
    slot = ti_slots_free(slots, plan->key, plan->alone);
    if (*count >= plan->cap || slot == NULL) {
        return TI_FLIGHT_FULL;
    }

    slot->key = *plan->key;
    slot->server = plan->server;
    STORE(slot->pid, (apr_int64_t)getpid());
    slot->alone = plan->alone;
    memset(&slot->landing, 0, sizeof(slot->landing));
    STORE(slot->began, now);
    STORE(slot->lease, now + plan->lease);
    STORE(slot->failed, 0);
    __atomic_store_n(&slot->name, name, __ATOMIC_RELAXED);
    STORE(slot->turn, slot->turn + 1);
    STORE(*count, *count + 1);
    flight->slot = ti_slots_number(slots, slot);
    flight->turn = slot->turn;
    return TI_FLIGHT_LEAD;
}

/* Sleep until the flight has landed (TI_FLIGHT_LANDED), its leader is lost
 * (TI_FLIGHT_LEAD: board again), too many wait (TI_FLIGHT_CROWDED), or the
 * time is up (TI_FLIGHT_LATE). */
static ti_boarding_t wait_for(ti_flight_t *flight, const sight_t *sight,
                              const ti_flight_plan_t *plan, apr_time_t until)
{
    const ti_slot_t *slot = sight->slot;

    flight->turn = sight->turn;
    while (LOAD(slot->turn) == sight->turn) {
        apr_time_t now = ti_clock_steady();
        apr_interval_time_t left = until - now;

        if (left <= 0) {
            return TI_FLIGHT_LATE;
        }
        if (is_lost(slot, now)) {
            return TI_FLIGHT_LEAD;
        }
        if (is_crowded(plan, now - LOAD(slot->began))) {
            return TI_FLIGHT_CROWDED;
        }
        ti_wait(&slot->turn, sight->turn,
                left < TI_FLIGHT_CHECK ? left : TI_FLIGHT_CHECK);
    }
    return TI_FLIGHT_LANDED;
}

/* The next flight's landing is not ours. */
static void read_landing(ti_flight_t *flight, ti_slots_t *slots,
                         const ti_slot_t *slot, const ti_key_t *key)
{
    memset(&flight->landing, 0, sizeof(flight->landing));
    if (!ti_slots_take(slots)) {
        return;
    }
    if (slot->turn == flight->turn + 1 &&
        memcmp(&slot->key, key, sizeof(slot->key)) == 0) {
        flight->landing = slot->landing;
    }
    ti_slots_give(slots);
}

/* Do so many wait that a question which began so long ago must do without
 * more of them? */
static int is_crowded(const ti_flight_plan_t *plan, apr_interval_time_t since)
{
    return (plan->strained || since >= TI_FLIGHT_PATIENCE) &&
           ti_seats_crowded(plan->seats);
}

static int is_lost(const ti_slot_t *slot, apr_time_t now)
{
    return now >= LOAD(slot->lease) || ti_process_gone(LOAD(slot->pid));
}
