/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of flights: slots in buckets by key, and the admission
 * control of the servers. For flight.c, flights.c and turn.c only.
 */
#ifndef TI_SLOT_H
#define TI_SLOT_H

#include <apr_pools.h>

#include "base/key.h"
#include "base/lock.h"
#include "base/process.h"
#include "traffic/admission.h"
#include "traffic/notice.h"
#include "traffic/registry.h"

#define TI_SLOT_PER_BUCKET 8 /* keys are random, so more hardly ever meet */

/* One flight: in line for a permit, or under way. `sequence` changes when it
 * begins and when it ends: followers sleep on it, and a leader that finds
 * another value than its own has lost the lead. All but sequence, name, process
 * and the times are read and written under the lock. Moments are the steady
 * clock's. */
typedef struct ti_slot_t {
    apr_uint32_t sequence; /* odd: it is taken */
    apr_uint32_t called;   /* changes when a leader in line gets a permit; it
                              sleeps on this */
    apr_uint64_t name; /* first bytes of the key, for those without the lock */
    ti_key_t key;
    ti_caller_t caller;
    ti_process_t process;
    apr_time_t began;          /* under way, or in line */
    apr_time_t lease;          /* the leader has to be done then */
    apr_time_t failed;         /* when it failed, else 0 */
    apr_interval_time_t limit; /* of the question, see ti_admission_arrive */
    int unshared;
    int in_line;
    ti_notice_t notice;
} ti_slot_t;

/* What the slots need shared memory for. */
typedef struct ti_slots_head_t {
    ti_lock_t lock;
    apr_uint32_t length; /* of the line */
    apr_time_t swept;    /* when lost leaders were last searched for */
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
    ti_registry_t registry;
    struct ti_breaker_t *breakers; /* TI_FLIGHTS_ENDPOINTS of each server */
    int aborted;                   /* this process goes down; atomic */
};

/* Take the lock, and recount where its last holder died. Zero: not taken. */
int ti_slots_take(ti_slots_t *slots);
void ti_slots_give(ti_slots_t *slots);

/* The TI_SLOT_PER_BUCKET slots in which a key may be. */
ti_slot_t *ti_slots_bucket(const ti_slots_t *slots, const ti_key_t *key);

/* A slot by its number, and back. A number that is none names another slot. */
ti_slot_t *ti_slots_at(const ti_slots_t *slots, apr_uint32_t number);
apr_uint32_t ti_slots_number(const ti_slots_t *slots, const ti_slot_t *slot);

/* Under the lock: the flight about a key that others may join, or NULL. */
ti_slot_t *ti_slots_find(ti_slots_t *slots, const ti_key_t *key);

/* Under the lock: a slot for a new flight, or NULL: none is free. Where its
 * bucket is full it is elsewhere, where nobody finds it: *unshared is set. But
 * not in buckets that are more than half full: others can be found in their own
 * only. */
ti_slot_t *ti_slots_free(ti_slots_t *slots, const ti_key_t *key, int *unshared);

/* Under the lock: end the flights whose leaders died, or took too long. At most
 * once in TI_FLIGHT_CHECK: it looks at all slots. Returns how many. */
int ti_slots_sweep(ti_slots_t *slots, apr_time_t now);

/* Under the lock: end the flights of one process, which is dead. */
void ti_slots_reap(ti_slots_t *slots, apr_int64_t number, apr_time_t now);

/* Under the lock: end a flight that teaches nothing about the server, without
 * a notice. */
void ti_slot_drop(ti_slots_t *slots, ti_slot_t *slot, apr_time_t now);

/* Under the lock: end a flight, with the notice for its followers. Its permit,
 * or its turn in line, was given back. */
void ti_slot_end(ti_slot_t *slot, const ti_notice_t *notice);

/* Under the lock: give the free permits of a server to those whose turn it is,
 * and wake them. */
void ti_slots_call(ti_slots_t *slots, apr_uint32_t server, apr_time_t now);

#endif
