/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/slot.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define ALL (TI_SLOT_BUCKETS * TI_SLOT_PER_BUCKET)

#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

static ti_slot_t *free_in(ti_slot_t *bucket, int flying_max);
static void recount(ti_slots_t *slots);

int ti_slots_take(ti_slots_t *slots)
{
    apr_status_t rv = ti_lock_take(&slots->lock);

    if (rv == APR_INCOMPLETE) {
        recount(slots);
    }
    return rv == APR_SUCCESS || rv == APR_INCOMPLETE;
}

void ti_slots_give(ti_slots_t *slots)
{
    ti_lock_give(&slots->lock);
}

ti_slot_t *ti_slots_bucket(ti_slots_t *slots, const ti_key_t *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key->bytes + 8, sizeof(hash));
    return slots->slots[hash % TI_SLOT_BUCKETS];
}

ti_slot_t *ti_slots_at(ti_slots_t *slots, apr_uint32_t number)
{
    return &slots->slots[0][0] + number;
}

apr_uint32_t ti_slots_number(const ti_slots_t *slots, const ti_slot_t *slot)
{
    return (apr_uint32_t)(slot - &slots->slots[0][0]);
}

ti_slot_t *ti_slots_flying(ti_slots_t *slots, const ti_key_t *key)
{
    ti_slot_t *slot = ti_slots_bucket(slots, key);
    const ti_slot_t *end = slot + TI_SLOT_PER_BUCKET;

    for (; slot < end; slot++) {
        if ((slot->turn & 1) != 0 && !slot->alone &&
            memcmp(&slot->key, key, sizeof(*key)) == 0) {
            return slot;
        }
    }
    return NULL;
}

ti_slot_t *ti_slots_free(ti_slots_t *slots, const ti_key_t *key, int alone)
{
    ti_slot_t *bucket = ti_slots_bucket(slots, key);
    ti_slot_t *best = free_in(bucket, TI_SLOT_PER_BUCKET);
    apr_uint32_t home = ti_slots_number(slots, bucket);
    apr_uint32_t i;

    /* nobody looks for a flight that is alone: it may be anywhere, but leaves
     * room for those who can fly nowhere else */
    for (i = TI_SLOT_PER_BUCKET; best == NULL && alone && i < ALL;
         i += TI_SLOT_PER_BUCKET) {
        best = free_in(ti_slots_at(slots, (home + i) % ALL),
                       TI_SLOT_PER_BUCKET / 2);
    }
    return best;
}

void ti_slots_sweep(ti_slots_t *slots, apr_time_t now)
{
    static const ti_landing_t nothing;
    apr_uint32_t i;

    if (now < slots->swept + TI_FLIGHT_CHECK) {
        return;
    }
    slots->swept = now;
    for (i = 0; i < ALL; i++) {
        ti_slot_t *slot = ti_slots_at(slots, i);

        if ((slot->turn & 1) != 0 &&
            (now >= slot->lease ||
             (kill((pid_t)slot->pid, 0) != 0 && errno == ESRCH))) {
            ti_slot_ground(slots, slot, &nothing);
        }
    }
}

void ti_slot_ground(ti_slots_t *slots, ti_slot_t *slot,
                    const ti_landing_t *landing)
{
    apr_uint32_t *count = &slots->counts[slot->server];

    slot->landing = *landing;
    STORE(slot->turn, slot->turn + 1);
    if (*count > 0) {
        STORE(*count, *count - 1);
    }
}

/* A free slot of a bucket in which not more than so many are in the air, or
 * NULL. First those that did not land in vain, so that a failure is remembered
 * for a while. */
static ti_slot_t *free_in(ti_slot_t *bucket, int flying_max)
{
    ti_slot_t *best = NULL;
    int flying = 0;
    int i;

    for (i = 0; i < TI_SLOT_PER_BUCKET; i++) {
        if ((bucket[i].turn & 1) != 0) {
            flying++;
        } else if (best == NULL || bucket[i].failed < best->failed) {
            best = &bucket[i];
        }
    }
    return flying <= flying_max ? best : NULL;
}

/* Somebody died between a slot and its count. */
static void recount(ti_slots_t *slots)
{
    apr_uint32_t counts[TI_FLIGHT_SERVERS] = {0};
    apr_uint32_t i;

    for (i = 0; i < ALL; i++) {
        const ti_slot_t *slot = ti_slots_at(slots, i);

        counts[slot->server] += slot->turn & 1;
    }
    for (i = 0; i < TI_FLIGHT_SERVERS; i++) {
        STORE(slots->counts[i], counts[i]);
    }
}
