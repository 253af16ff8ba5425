/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of flights: slots in buckets by key, and the admissions of
 * the servers. For flight.c and
 * flights.c only.
 */
#ifndef TI_SLOT_H
#define TI_SLOT_H

#include <apr_pools.h>

#include "base/key.h"
#include "base/lock.h"
#include "base/process.h"
#include "traffic/admission.h"
#include "traffic/landing.h"
#include "traffic/roster.h"

#define TI_SLOT_PER_BUCKET 8 /* keys are random, so more hardly ever meet */

/* One flight: in line for a place, or in the air. `turn` changes when it begins
 * and when it ends: followers sleep on it, and a leader who finds another turn
 * than its own has lost the lead. All but turn, name, process and the times are
 * read and written under the lock. Moments are the steady clock's. */
typedef struct ti_slot_t {
    apr_uint32_t turn;   /* odd: it is somebody's */
    apr_uint32_t called; /* changes when one in line gets a place, who sleeps
                            on this */
    apr_uint64_t name; /* first bytes of the key, for those without the lock */
    ti_key_t key;
    ti_caller_t caller;
    ti_process_t process;
    apr_time_t began;          /* into the air, or into line */
    apr_time_t lease;          /* the leader's time is up then */
    apr_time_t failed;         /* when it landed in vain, else 0 */
    apr_interval_time_t limit; /* of the question, see ti_admission_come */
    int alone;
    int in_line;
    ti_landing_t landing;
} ti_slot_t;

/* What the slots need shared memory for. */
typedef struct ti_slots_head_t {
    ti_lock_t lock;
    apr_uint32_t length; /* of the line */
    apr_time_t swept;    /* when last */
} ti_slots_head_t;

/* The process's handle. */
typedef struct ti_slots_t {
    ti_slots_head_t *head;
    ti_slot_t *slots;
    apr_uint32_t buckets;
    ti_admissions_t admissions;
} ti_slots_t;

struct ti_breaker_t;

/* All of it, for flights.c and flight.c. */
struct ti_flights_t {
    ti_slots_t slots;
    ti_roster_t roster;
    struct ti_breaker_t *breakers; /* TI_FLIGHTS_ENDPOINTS of each server */
    int aborted;                   /* this process goes down; atomic */
};

/* Take the lock, and count anew where its last holder died. Zero: not taken. */
int ti_slots_take(ti_slots_t *slots);
void ti_slots_give(ti_slots_t *slots);

/* The TI_SLOT_PER_BUCKET slots in which a key may be. */
ti_slot_t *ti_slots_bucket(const ti_slots_t *slots, const ti_key_t *key);

/* A slot by its number, and back. A number that is none names another slot. */
ti_slot_t *ti_slots_at(const ti_slots_t *slots, apr_uint32_t number);
apr_uint32_t ti_slots_number(const ti_slots_t *slots, const ti_slot_t *slot);

/* Under the lock: the flight about a key that others may join, or NULL. */
ti_slot_t *ti_slots_flying(ti_slots_t *slots, const ti_key_t *key);

/* Under the lock: a slot for a new flight, or NULL: none is free. Where its
 * bucket is full it is elsewhere, where nobody finds it: *alone is set. But not
 * in buckets that are more than half full: others can be found in their own
 * only. */
ti_slot_t *ti_slots_free(ti_slots_t *slots, const ti_key_t *key, int *alone);

/* Under the lock: end the flights whose leaders died, or took too long. At most
 * once in TI_FLIGHT_CHECK: it looks at all slots. Returns how many. */
int ti_slots_sweep(ti_slots_t *slots, apr_time_t now);

/* Under the lock: end the flights of one process, which is dead. */
void ti_slots_bury(ti_slots_t *slots, apr_int64_t number, apr_time_t now);

/* Under the lock: end a flight that teaches nothing; those who wait are told
 * nothing. */
void ti_slot_drop(ti_slots_t *slots, ti_slot_t *slot, apr_time_t now);

/* Under the lock: end a flight, with what those who wait are told. Its place,
 * or its turn in line, was given back. */
void ti_slot_ground(ti_slot_t *slot, const ti_landing_t *landing);

/* Under the lock: give the free places of a server to those whose turn it is,
 * and wake them. */
void ti_slots_call(ti_slots_t *slots, apr_uint32_t server, apr_time_t now);

#endif
