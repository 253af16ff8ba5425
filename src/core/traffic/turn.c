/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/turn.h"

#include <string.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/wait.h"
#include "traffic/slot.h"
#include "traffic/waiters.h"

/* One in line looks for itself this often: a wake-up may be lost with the
 * process that owed it, and the end of a pace's time wakes nobody. */
#define NAP apr_time_from_msec(100)

static ti_joined_t refusal(const ti_slots_t *slots, const ti_caller_t *caller,
                           ti_admitted_t admitted);
static void occupy(ti_flight_t *flight, ti_slots_t *slots, ti_slot_t *slot,
                   const ti_flight_plan_t *plan, apr_time_t now);
static ti_joined_t look(ti_flight_t *flight, ti_flights_t *flights,
                        ti_slot_t *slot, const ti_flight_plan_t *plan,
                        const ti_caller_t *caller, apr_time_t until);

ti_joined_t ti_turn_take(ti_flight_t *flight, ti_flights_t *flights,
                         const ti_flight_plan_t *plan,
                         const ti_caller_t *caller, apr_time_t *until)
{
    ti_slots_t *slots = &flights->slots;
    const ti_admissions_t *all = &slots->admissions;
    apr_time_t now = ti_clock_steady();
    ti_admitted_t admitted = TI_ADMITTED_NOT;
    int unshared = plan->unshared;
    ti_slot_t *slot = ti_slots_free(slots, plan->key, &unshared);

    flight->limit = 0;
    if (slot == NULL) {
        return TI_FLIGHT_FULL;
    }
    admitted = ti_admission_arrive(&slot->limit, all, caller, now);
    if (admitted != TI_ADMITTED_NOW && ti_slots_sweep(slots, now) > 0) {
        ti_slots_call(slots, plan->server, now);
        admitted = ti_admission_arrive(&slot->limit, all, caller, now);
    }
    if (admitted == TI_ADMITTED_LINE && plan->wait > 0) {
        apr_interval_time_t patience =
            plan->patience < plan->wait ? plan->patience : plan->wait;

        patience = ti_admission_enqueue(
            all, caller, ti_slots_number(slots, slot), patience, now);
        *until = patience > 0 ? now + patience : 0;
    }
    if (admitted != TI_ADMITTED_NOW && *until == 0) {
        return refusal(slots, caller, admitted);
    }

    slot->caller = *caller;
    slot->unshared = unshared;
    slot->in_line = *until != 0;
    flight->limit = slot->limit;
    occupy(flight, slots, slot, plan, now);
    return TI_FLIGHT_LEAD;
}

ti_joined_t ti_turn_await(ti_flight_t *flight, ti_flights_t *flights,
                          const ti_flight_plan_t *plan, apr_time_t until)
{
    ti_slots_t *slots = &flights->slots;
    ti_slot_t *slot = ti_slots_at(slots, flight->slot);
    ti_joined_t joined = TI_FLIGHT_LATE;

    while (joined == TI_FLIGHT_LATE) {
        ti_caller_t caller = ti_turn_caller(plan);
        apr_time_t now = ti_clock_steady();
        apr_interval_time_t nap;
        apr_uint32_t seen;

        if (!ti_slots_take(slots)) {
            return TI_FLIGHT_STUCK; /* our turn ends with its lease */
        }
        joined = look(flight, flights, slot, plan, &caller, until);
        seen = slot->called;
        nap = ti_admission_recheck(&slots->admissions, &slot->caller, NAP, now);
        ti_slots_give(slots);
        if (joined == TI_FLIGHT_LATE) {
            ti_wait(&slot->called, seen, until - now < nap ? until - now : nap);
        }
    }
    return joined == TI_FLIGHT_ENDED ? TI_FLIGHT_LATE : joined;
}

ti_caller_t ti_turn_caller(const ti_flight_plan_t *plan)
{
    ti_caller_t caller;

    caller.server = plan->server;
    caller.lane = plan->lane;
    caller.was_active = plan->was_active != 0;
    caller.cap = plan->cap;
    caller.extra = plan->extra;
    caller.held = ti_waiters_count(plan->waiters);
    return caller;
}

static ti_joined_t refusal(const ti_slots_t *slots, const ti_caller_t *caller,
                           ti_admitted_t admitted)
{
    switch (admitted) {
    case TI_ADMITTED_CROWDED:
        return TI_FLIGHT_CROWDED;
    case TI_ADMITTED_PACED:
        return TI_FLIGHT_PACED;
    default:
        return ti_admission_mode(&slots->admissions, caller->server) ==
                       TI_MODE_NORMAL
                   ? TI_FLIGHT_FULL
                   : TI_FLIGHT_PACED;
    }
}

/* The slot is ours from here on. */
static void occupy(ti_flight_t *flight, ti_slots_t *slots, ti_slot_t *slot,
                   const ti_flight_plan_t *plan, apr_time_t now)
{
    apr_uint64_t name;

    memcpy(&name, plan->key->bytes, sizeof(name));
    slot->key = *plan->key;
    memset(&slot->notice, 0, sizeof(slot->notice));
    TI_STORE(slot->process, ti_process_self());
    TI_STORE(slot->began, now);
    TI_STORE(slot->lease,
             now + plan->lease + (slot->in_line ? plan->patience : 0));
    TI_STORE(slot->failed, 0);
    __atomic_store_n(&slot->name, name, __ATOMIC_RELAXED);
    TI_STORE(slot->sequence, slot->sequence + 1);
    flight->slot = ti_slots_number(slots, slot);
    flight->sequence = slot->sequence;
}

/* Under the lock: is there a permit for one in line? TI_FLIGHT_LATE: not yet;
 * TI_FLIGHT_ENDED: it was dropped as if it were dead. */
static ti_joined_t look(ti_flight_t *flight, ti_flights_t *flights,
                        ti_slot_t *slot, const ti_flight_plan_t *plan,
                        const ti_caller_t *caller, apr_time_t until)
{
    ti_slots_t *slots = &flights->slots;
    apr_time_t now = ti_clock_steady();
    ti_joined_t joined = TI_FLIGHT_LATE;

    if (slot->sequence != flight->sequence) {
        return TI_FLIGHT_ENDED;
    }
    ti_slots_call(slots, plan->server, now);
    if (!slot->in_line) {
        TI_STORE(slot->lease, now + plan->lease);
        flight->limit = slot->limit;
        return TI_FLIGHT_LEAD;
    }
    if (now >= until || TI_LOAD(flights->aborted)) {
        joined = refusal(slots, &slot->caller, TI_ADMITTED_NOT);
    } else if (ti_admission_crowded(&slots->admissions, caller, now)) {
        joined = TI_FLIGHT_CROWDED;
    }
    if (joined != TI_FLIGHT_LATE) {
        ti_slot_drop(slots, slot, now);
    }
    return joined;
}
