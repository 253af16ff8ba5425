/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flight.h"

#include <string.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/wait.h"
#include "traffic/flights.h"
#include "traffic/slot.h"
#include "traffic/turn.h"

/* Another leader's flight, as it was seen. */
typedef struct seen_t {
    ti_slot_t *slot;
    apr_uint32_t sequence;
} seen_t;

static int is_led(const ti_slot_t *slot);
static int has_failed(const ti_slot_t *slot, apr_time_t now,
                      apr_interval_time_t pause);
static int is_over(const ti_slot_t *slot, const seen_t *lost, apr_time_t now);
static ti_joined_t wait_for(ti_flight_t *flight, ti_flights_t *flights,
                            const seen_t *seen, const ti_flight_plan_t *plan,
                            apr_time_t until);
static void read_notice(ti_flight_t *flight, ti_slots_t *slots,
                        const ti_slot_t *slot, const ti_key_t *key);

ti_joined_t ti_flight_join(ti_flight_t *flight, ti_flights_t *flights,
                           const ti_flight_plan_t *plan)
{
    ti_slots_t *slots = &flights->slots;
    apr_time_t until = ti_clock_steady() + plan->wait;
    seen_t seen = {NULL, 0}; /* also: a flight whose leader is lost */

    for (;;) {
        ti_caller_t caller = ti_turn_caller(plan);
        apr_time_t line_until = 0;
        ti_joined_t joined;
        ti_slot_t *slot;

        if (!ti_slots_take(slots)) {
            return TI_FLIGHT_STUCK;
        }
        slot = plan->unshared ? NULL : ti_slots_find(slots, plan->key);
        if (slot != NULL && is_over(slot, &seen, ti_clock_steady())) {
            ti_slot_drop(slots, slot, ti_clock_steady());
            slot = NULL;
        }
        if (slot == NULL) {
            joined = ti_turn_take(flight, flights, plan, &caller, &line_until);
            ti_slots_give(slots);
            return line_until != 0
                       ? ti_turn_await(flight, flights, plan, line_until)
                       : joined;
        }
        seen.slot = slot;
        seen.sequence = slot->sequence;
        ti_slots_give(slots);

        joined = wait_for(flight, flights, &seen, plan, until);
        if (joined == TI_FLIGHT_ENDED) {
            read_notice(flight, slots, slot, plan->key);
        }
        if (joined != TI_FLIGHT_LEAD) {
            return joined;
        }
    }
}

int ti_flight_end(ti_flights_t *flights, const ti_flight_t *flight,
                  const ti_notice_t *notice, ti_feedback_t feedback,
                  apr_interval_time_t took)
{
    ti_slots_t *slots = &flights->slots;
    ti_slot_t *slot = ti_slots_at(slots, flight->slot);
    apr_time_t now = ti_clock_steady();
    int mode = -1;

    if (!ti_slots_take(slots)) {
        return -1;
    }
    if (slot->sequence == flight->sequence) {
        if (notice->verdict != TI_UNDECIDED) {
            TI_STORE(slot->failed, now);
        }
        mode = ti_admission_end(&slots->admissions, &slot->caller, feedback,
                                took, slot->began, now);
        ti_slot_end(slot, notice);
        ti_slots_call(slots, slot->caller.server, now);
    }
    ti_slots_give(slots);
    ti_wait_wake(&slot->sequence);
    return mode;
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
    slot = ti_slots_bucket(&flights->slots, key);
    for (end = slot + TI_SLOT_PER_BUCKET; slot < end; slot++) {
        if (__atomic_load_n(&slot->name, __ATOMIC_RELAXED) == name &&
            (is_led(slot) || has_failed(slot, now, pause))) {
            return 1;
        }
    }
    return 0;
}

/* Is somebody asking? A leader that was killed counts until its lease expires.
 */
static int is_led(const ti_slot_t *slot)
{
    return (TI_LOAD(slot->sequence) & 1) != 0 &&
           ti_clock_steady() < TI_LOAD(slot->lease);
}

/* Did it fail during the last `pause`? */
static int has_failed(const ti_slot_t *slot, apr_time_t now,
                      apr_interval_time_t pause)
{
    apr_time_t failed = TI_LOAD(slot->failed);

    return failed != 0 && now < failed + pause;
}

/* Has its leader lost the lead: too late, or found dead while we waited? */
static int is_over(const ti_slot_t *slot, const seen_t *lost, apr_time_t now)
{
    return now >= slot->lease ||
           (slot == lost->slot && slot->sequence == lost->sequence);
}

/* Sleep until the flight has ended (TI_FLIGHT_ENDED), its leader is lost
 * (TI_FLIGHT_LEAD: join again), too many wait (TI_FLIGHT_CROWDED), or the
 * time is up (TI_FLIGHT_LATE). */
static ti_joined_t wait_for(ti_flight_t *flight, ti_flights_t *flights,
                            const seen_t *seen, const ti_flight_plan_t *plan,
                            apr_time_t until)
{
    const ti_slot_t *slot = seen->slot;

    flight->sequence = seen->sequence;
    while (TI_LOAD(slot->sequence) == seen->sequence) {
        ti_caller_t caller = ti_turn_caller(plan);
        apr_time_t now = ti_clock_steady();
        apr_interval_time_t left = until - now;

        if (left <= 0 || TI_LOAD(flights->aborted)) {
            return TI_FLIGHT_LATE;
        }
        if (now >= TI_LOAD(slot->lease) ||
            ti_process_stopped(TI_LOAD(slot->process))) {
            return TI_FLIGHT_LEAD;
        }
        if (ti_slots_take(&flights->slots)) {
            int crowded =
                ti_admission_crowded(&flights->slots.admissions, &caller, now);

            ti_slots_give(&flights->slots);
            if (crowded) {
                return TI_FLIGHT_CROWDED;
            }
        }
        ti_wait(&slot->sequence, seen->sequence,
                left < TI_FLIGHT_CHECK ? left : TI_FLIGHT_CHECK);
    }
    return TI_FLIGHT_ENDED;
}

/* The next flight's notice is not ours. */
static void read_notice(ti_flight_t *flight, ti_slots_t *slots,
                        const ti_slot_t *slot, const ti_key_t *key)
{
    memset(&flight->notice, 0, sizeof(flight->notice));
    if (!ti_slots_take(slots)) {
        return;
    }
    if (slot->sequence == flight->sequence + 1 &&
        memcmp(&slot->key, key, sizeof(slot->key)) == 0) {
        flight->notice = slot->notice;
    }
    ti_slots_give(slots);
}
