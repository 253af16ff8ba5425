/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/slot.h"

#include <string.h>

#include "base/atomic.h"
#include "base/wait.h"

/* So many processes are looked at once for all their flights, as a usual httpd
 * has: each look reads a file of /proc, under the lock. */
#define PROCESSES 16

static apr_uint32_t all_of(const ti_slots_t *slots);
static ti_slot_t *free_in(ti_slot_t *bucket, int busy_max);
static int is_lost(const ti_slot_t *slot, ti_process_t alive[PROCESSES],
                   apr_time_t now);
static void recount(ti_slots_t *slots);
static void requeue(ti_slots_t *slots, ti_slot_t *slot);

int ti_slots_take(ti_slots_t *slots)
{
    apr_status_t rv = ti_lock_take(&slots->head->lock);

    if (rv == APR_INCOMPLETE) {
        recount(slots);
    }
    return rv == APR_SUCCESS || rv == APR_INCOMPLETE;
}

void ti_slots_give(ti_slots_t *slots)
{
    ti_lock_give(&slots->head->lock);
}

ti_slot_t *ti_slots_bucket(const ti_slots_t *slots, const ti_key_t *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key->bytes + 8, sizeof(hash));
    return &slots->slots[hash % slots->buckets * TI_SLOT_PER_BUCKET];
}

ti_slot_t *ti_slots_at(const ti_slots_t *slots, apr_uint32_t number)
{
    return &slots->slots[number % all_of(slots)];
}

apr_uint32_t ti_slots_number(const ti_slots_t *slots, const ti_slot_t *slot)
{
    return (apr_uint32_t)(slot - slots->slots);
}

ti_slot_t *ti_slots_find(ti_slots_t *slots, const ti_key_t *key)
{
    ti_slot_t *slot = ti_slots_bucket(slots, key);
    const ti_slot_t *end = slot + TI_SLOT_PER_BUCKET;

    for (; slot < end; slot++) {
        if ((slot->sequence & 1) != 0 && !slot->unshared &&
            memcmp(&slot->key, key, sizeof(*key)) == 0) {
            return slot;
        }
    }
    return NULL;
}

ti_slot_t *ti_slots_free(ti_slots_t *slots, const ti_key_t *key, int *unshared)
{
    ti_slot_t *bucket = ti_slots_bucket(slots, key);
    ti_slot_t *best = free_in(bucket, TI_SLOT_PER_BUCKET);
    apr_uint32_t home = ti_slots_number(slots, bucket);
    apr_uint32_t i;

    for (i = TI_SLOT_PER_BUCKET; best == NULL && i < all_of(slots);
         i += TI_SLOT_PER_BUCKET) {
        best = free_in(ti_slots_at(slots, home + i), TI_SLOT_PER_BUCKET / 2);
        *unshared = 1;
    }
    return best;
}

int ti_slots_sweep(ti_slots_t *slots, apr_time_t now)
{
    ti_process_t alive[PROCESSES] = {0};
    int dropped = 0;
    apr_uint32_t i;

    if (now < slots->head->swept + TI_FLIGHT_CHECK) {
        return 0;
    }
    slots->head->swept = now;
    for (i = 0; i < all_of(slots); i++) {
        ti_slot_t *slot = ti_slots_at(slots, i);

        if ((slot->sequence & 1) != 0 && is_lost(slot, alive, now)) {
            ti_slot_drop(slots, slot, now);
            dropped++;
        }
    }
    return dropped;
}

void ti_slots_reap(ti_slots_t *slots, apr_int64_t number, apr_time_t now)
{
    apr_uint32_t i;

    for (i = 0; i < all_of(slots); i++) {
        ti_slot_t *slot = ti_slots_at(slots, i);

        if ((slot->sequence & 1) != 0 &&
            ti_process_number(slot->process) == number) {
            ti_slot_drop(slots, slot, now);
            ti_slots_call(slots, slot->caller.server, now);
        }
    }
}

void ti_slot_drop(ti_slots_t *slots, ti_slot_t *slot, apr_time_t now)
{
    static const ti_notice_t nothing;

    if (slot->in_line) {
        ti_admission_leave(&slots->admissions, ti_slots_number(slots, slot));
    } else {
        ti_admission_end(&slots->admissions, &slot->caller, TI_FEEDBACK_NONE, 0,
                         slot->began, now);
    }
    ti_slot_end(slot, &nothing);
    ti_wait_wake(&slot->sequence);
}

void ti_slot_end(ti_slot_t *slot, const ti_notice_t *notice)
{
    slot->notice = *notice;
    slot->in_line = 0;
    TI_STORE(slot->sequence, slot->sequence + 1);
}

void ti_slots_call(ti_slots_t *slots, apr_uint32_t server, apr_time_t now)
{
    ti_ticket_t ticket;

    while (ti_admission_dequeue(&ticket, &slots->admissions, server, now)) {
        ti_slot_t *slot = ti_slots_at(slots, ticket.slot);

        slot->in_line = 0;
        slot->limit = ticket.limit;
        TI_STORE(slot->began, now);
        TI_STORE(slot->called, slot->called + 1);
        ti_wait_wake(&slot->called);
    }
}

static apr_uint32_t all_of(const ti_slots_t *slots)
{
    return slots->buckets * TI_SLOT_PER_BUCKET;
}

/* A free slot of a bucket in which not more than so many are under way, or
 * NULL. First those that did not fail, so that a failure is remembered
 * for a while. */
static ti_slot_t *free_in(ti_slot_t *bucket, int busy_max)
{
    ti_slot_t *best = NULL;
    int busy = 0;
    int i;

    for (i = 0; i < TI_SLOT_PER_BUCKET; i++) {
        if ((bucket[i].sequence & 1) != 0) {
            busy++;
        } else if (best == NULL || bucket[i].failed < best->failed) {
            best = &bucket[i];
        }
    }
    return busy <= busy_max ? best : NULL;
}

/* Is its leader too late, or dead? `alive`: processes that are not. */
static int is_lost(const ti_slot_t *slot, ti_process_t alive[PROCESSES],
                   apr_time_t now)
{
    ti_process_t *seen = &alive[ti_process_number(slot->process) % PROCESSES];

    if (now >= slot->lease) {
        return 1;
    }
    if (*seen != slot->process && ti_process_gone(slot->process)) {
        return 1;
    }
    *seen = slot->process;
    return 0;
}

/* A process died between a slot and its counters. */
static void recount(ti_slots_t *slots)
{
    apr_uint32_t i;

    ti_admission_clear(&slots->admissions);
    for (i = 0; i < all_of(slots); i++) {
        ti_slot_t *slot = ti_slots_at(slots, i);

        if ((slot->sequence & 1) == 0) {
            continue;
        }
        if (slot->in_line) {
            requeue(slots, slot);
        } else {
            ti_admission_count(&slots->admissions, &slot->caller);
        }
    }
}

/* In the order of the slots, and for what is left of its time. */
static void requeue(ti_slots_t *slots, ti_slot_t *slot)
{
    ti_admission_enqueue(&slots->admissions, &slot->caller,
                         ti_slots_number(slots, slot), 0, slot->began);
}
