/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of flights: slots in buckets by key, and how many of each
 * server are in the air. For flight.c only.
 */
#ifndef TI_SLOT_H
#define TI_SLOT_H

#include <apr_pools.h>

#include "base/key.h"
#include "base/lock.h"
#include "traffic/landing.h"

#define TI_SLOT_BUCKETS 512
#define TI_SLOT_PER_BUCKET 8 /* keys are random, so more never meet */

/* One flight. `turn` changes with every take-off and landing: waiters sleep
 * on it, and a leader who finds another turn than its own has lost the lead.
 * All but turn, name and the times are read and written under the lock.
 * Moments are the steady clock's. */
typedef struct ti_slot_t {
    apr_uint32_t turn; /* odd: in the air */
    apr_uint32_t server;
    apr_uint64_t name; /* first bytes of the key, for those without the lock */
    ti_key_t key;
    apr_time_t began;
    apr_time_t lease;  /* the leader's time is up then */
    apr_time_t failed; /* when it landed in vain, else 0 */
    apr_int64_t pid;
    int alone;
    ti_landing_t landing;
} ti_slot_t;

typedef struct ti_slots_t {
    ti_lock_t lock;
    apr_uint32_t counts[TI_FLIGHT_SERVERS]; /* in the air */
    apr_time_t swept;                       /* when last */
    ti_slot_t slots[TI_SLOT_BUCKETS][TI_SLOT_PER_BUCKET];
} ti_slots_t;

/* Take the lock, and count anew where its last holder died. Zero: not taken. */
int ti_slots_take(ti_slots_t *slots);
void ti_slots_give(ti_slots_t *slots);

/* The TI_SLOT_PER_BUCKET slots in which a key may be. */
ti_slot_t *ti_slots_bucket(ti_slots_t *slots, const ti_key_t *key);

/* A slot by its number, and back. */
ti_slot_t *ti_slots_at(ti_slots_t *slots, apr_uint32_t number);
apr_uint32_t ti_slots_number(const ti_slots_t *slots, const ti_slot_t *slot);

/* Under the lock: the flight about a key that others may join, or NULL. */
ti_slot_t *ti_slots_flying(ti_slots_t *slots, const ti_key_t *key);

/* Under the lock: a slot for a new flight, or NULL: none is free. One that is
 * alone goes elsewhere where its bucket is full, but not into buckets that are
 * more than half full: other keys can fly in their own only. */
ti_slot_t *ti_slots_free(ti_slots_t *slots, const ti_key_t *key, int alone);

/* Under the lock: ground the flights whose leaders died, or took too long. At
 * most once in TI_FLIGHT_CHECK: it looks at all slots. */
void ti_slots_sweep(ti_slots_t *slots, apr_time_t now);

/* Under the lock: end a flight, with what those who wait are told. */
void ti_slot_ground(ti_slots_t *slots, ti_slot_t *slot,
                    const ti_landing_t *landing);

#endif
