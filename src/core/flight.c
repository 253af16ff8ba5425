/* SPDX-License-Identifier: Apache-2.0 */
#include "flight.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"
#include "process.h"
#include "wait.h"

#define BUCKETS 512
#define SLOTS 8 /* of one bucket; keys are random, so more never meet */

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

/* One flight. `turn` changes with every take-off and landing: waiters sleep
 * on it, and a leader who finds another turn than its own has lost the lead.
 * All but turn, name and the times are read and written under the lock.
 * Leases go by ti_wait_clock. */
typedef struct slot_t {
    apr_uint32_t turn; /* odd: in the air */
    apr_uint32_t server;
    apr_uint64_t name; /* first bytes of the key, for those without the lock */
    ti_key_t key;
    apr_time_t lease;  /* the leader's time is up then */
    apr_time_t failed; /* when it landed in vain, else 0 */
    apr_int64_t pid;
    int alone;
    ti_landing_t landing;
} slot_t;

typedef struct memory_t {
    ti_lock_t lock;
    apr_uint32_t counts[TI_FLIGHT_SERVERS]; /* in the air */
    apr_time_t swept;                       /* when last */
    slot_t slots[BUCKETS][SLOTS];
} memory_t;

struct ti_flights_t {
    memory_t *memory;
};

static int take_lock(memory_t *memory);
static void recount(memory_t *memory);
static slot_t *bucket_of(memory_t *memory, const ti_key_t *key);
static slot_t *in_the_air(memory_t *memory, const ti_key_t *key);
static slot_t *free_slot(memory_t *memory, const ti_flight_plan_t *plan);
static int lost(const slot_t *slot, apr_time_t now);
static void sweep(memory_t *memory, apr_time_t now);
static void ground(memory_t *memory, slot_t *slot, const ti_landing_t *landing);
static ti_boarding_t take_off(ti_flight_t *flight, memory_t *memory,
                              const ti_flight_plan_t *plan, apr_time_t now);
static ti_boarding_t wait_for(ti_flight_t *flight, memory_t *memory,
                              slot_t *slot, const ti_flight_plan_t *plan,
                              apr_time_t until);

apr_size_t ti_flights_size(void)
{
    return sizeof(memory_t);
}

apr_status_t ti_flights_open(ti_flights_t **flights, void *memory, int fresh,
                             apr_pool_t *p)
{
    *flights = apr_pcalloc(p, sizeof(**flights));
    (*flights)->memory = memory;
    return fresh ? ti_lock_init(&(*flights)->memory->lock) : APR_SUCCESS;
}

ti_boarding_t ti_flight_board(ti_flight_t *flight, ti_flights_t *flights,
                              const ti_flight_plan_t *plan)
{
    memory_t *memory = flights->memory;
    apr_time_t until = ti_wait_clock() + plan->wait;
    const slot_t *gone = NULL; /* a flight whose leader was found dead */
    apr_uint32_t gone_turn = 0;

    for (;;) {
        apr_time_t now = ti_wait_clock();
        ti_boarding_t boarding;
        slot_t *slot;

        if (plan->server >= TI_FLIGHT_SERVERS || !take_lock(memory)) {
            return TI_FLIGHT_FULL;
        }
        slot = plan->alone ? NULL : in_the_air(memory, plan->key);
        if (slot == NULL || now >= slot->lease ||
            (slot == gone && slot->turn == gone_turn)) {
            if (slot != NULL) {
                ground(memory, slot, &(ti_landing_t){0});
            }
            boarding = take_off(flight, memory, plan, now);
            ti_lock_give(&memory->lock);
            if (slot != NULL) {
                ti_wait_wake(&slot->turn);
            }
            return boarding;
        }
        flight->slot = (apr_uint32_t)(slot - &memory->slots[0][0]);
        flight->turn = slot->turn;
        ti_lock_give(&memory->lock);

        boarding = wait_for(flight, memory, slot, plan, until);
        if (boarding != TI_FLIGHT_LEAD) {
            return boarding;
        }
        gone = slot;
        gone_turn = flight->turn;
    }
}

void ti_flight_land(ti_flights_t *flights, const ti_flight_t *flight,
                    const ti_landing_t *landing)
{
    memory_t *memory = flights->memory;
    slot_t *slot = &memory->slots[0][0] + flight->slot;

    if (!take_lock(memory)) {
        return;
    }
    if (slot->turn == flight->turn) {
        if (landing->verdict != TI_UNDECIDED) {
            STORE(slot->failed, apr_time_now());
        }
        ground(memory, slot, landing);
    }
    ti_lock_give(&memory->lock);
    ti_wait_wake(&slot->turn);
}

int ti_flight_busy(const ti_flights_t *flights, const ti_key_t *key,
                   apr_time_t now, apr_interval_time_t pause)
{
    const slot_t *slot;
    const slot_t *end;
    apr_uint64_t name;

    if (flights == NULL) {
        return 0;
    }
    memcpy(&name, key->bytes, sizeof(name));
    slot = bucket_of(flights->memory, key);
    for (end = slot + SLOTS; slot < end; slot++) {
        if (__atomic_load_n(&slot->name, __ATOMIC_RELAXED) == name &&
            ((LOAD(slot->turn) & 1) != 0 || now < LOAD(slot->failed) + pause)) {
            return 1;
        }
    }
    return 0;
}

apr_uint32_t ti_flights_count(const ti_flights_t *flights, apr_uint32_t server)
{
    return server < TI_FLIGHT_SERVERS ? LOAD(flights->memory->counts[server])
                                      : 0;
}

/* Sleep until the flight has landed (TI_FLIGHT_LANDED), its leader is lost
 * (TI_FLIGHT_LEAD: board again), or the time is up (TI_FLIGHT_LATE). */
static ti_boarding_t wait_for(ti_flight_t *flight, memory_t *memory,
                              slot_t *slot, const ti_flight_plan_t *plan,
                              apr_time_t until)
{
    while (LOAD(slot->turn) == flight->turn) {
        apr_time_t now = ti_wait_clock();
        apr_interval_time_t left = until - now;

        if (left <= 0) {
            return TI_FLIGHT_LATE;
        }
        if (lost(slot, now)) {
            return TI_FLIGHT_LEAD;
        }
        ti_wait(&slot->turn, flight->turn,
                left < TI_FLIGHT_CHECK ? left : TI_FLIGHT_CHECK);
    }

    memset(&flight->landing, 0, sizeof(flight->landing));
    if (!take_lock(memory)) {
        return TI_FLIGHT_LANDED;
    }
    /* the next flight's landing is not ours */
    if (slot->turn == flight->turn + 1 &&
        memcmp(&slot->key, plan->key, sizeof(slot->key)) == 0) {
        flight->landing = slot->landing;
    }
    ti_lock_give(&memory->lock);
    return TI_FLIGHT_LANDED;
}

static ti_boarding_t take_off(ti_flight_t *flight, memory_t *memory,
                              const ti_flight_plan_t *plan, apr_time_t now)
{
    apr_uint32_t *count = &memory->counts[plan->server];
    apr_uint64_t name;
    slot_t *slot;

    memcpy(&name, plan->key->bytes, sizeof(name));
    if (*count >= plan->cap && now >= memory->swept + TI_FLIGHT_CHECK) {
        sweep(memory, now);
    }
    slot = free_slot(memory, plan);
    if (*count >= plan->cap || slot == NULL) {
        return TI_FLIGHT_FULL;
    }

    slot->key = *plan->key;
    slot->server = plan->server;
    STORE(slot->pid, (apr_int64_t)getpid());
    slot->alone = plan->alone;
    memset(&slot->landing, 0, sizeof(slot->landing));
    STORE(slot->lease, now + plan->lease);
    STORE(slot->failed, 0);
    __atomic_store_n(&slot->name, name, __ATOMIC_RELAXED);
    STORE(slot->turn, slot->turn + 1);
    STORE(*count, *count + 1);
    flight->slot = (apr_uint32_t)(slot - &memory->slots[0][0]);
    flight->turn = slot->turn;
    return TI_FLIGHT_LEAD;
}

static void ground(memory_t *memory, slot_t *slot, const ti_landing_t *landing)
{
    apr_uint32_t *count = &memory->counts[slot->server];

    slot->landing = *landing;
    STORE(slot->turn, slot->turn + 1);
    if (*count > 0) {
        STORE(*count, *count - 1);
    }
}

static int take_lock(memory_t *memory)
{
    apr_status_t rv = ti_lock_take(&memory->lock);

    if (rv == APR_INCOMPLETE) {
        recount(memory);
    }
    return rv == APR_SUCCESS || rv == APR_INCOMPLETE;
}

/* Somebody died between a slot and its count. */
static void recount(memory_t *memory)
{
    apr_uint32_t counts[TI_FLIGHT_SERVERS] = {0};
    int i;

    for (i = 0; i < BUCKETS * SLOTS; i++) {
        const slot_t *slot = &memory->slots[0][0] + i;

        counts[slot->server] += slot->turn & 1;
    }
    for (i = 0; i < TI_FLIGHT_SERVERS; i++) {
        STORE(memory->counts[i], counts[i]);
    }
}

static slot_t *bucket_of(memory_t *memory, const ti_key_t *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key->bytes + 8, sizeof(hash));
    return memory->slots[hash % BUCKETS];
}

static slot_t *in_the_air(memory_t *memory, const ti_key_t *key)
{
    slot_t *slots = bucket_of(memory, key);
    int i;

    for (i = 0; i < SLOTS; i++) {
        if ((slots[i].turn & 1) != 0 && !slots[i].alone &&
            memcmp(&slots[i].key, key, sizeof(*key)) == 0) {
            return &slots[i];
        }
    }
    return NULL;
}

/* One that is not in the air: first those that did not land in vain, so that
 * a failure is remembered for a while. */
static slot_t *free_slot(memory_t *memory, const ti_flight_plan_t *plan)
{
    slot_t *slots = bucket_of(memory, plan->key);
    slot_t *best = NULL;
    int i;

    for (i = 0; i < SLOTS; i++) {
        if ((slots[i].turn & 1) == 0 &&
            (best == NULL || slots[i].failed < best->failed)) {
            best = &slots[i];
        }
    }
    /* nobody looks for a flight that is alone: it may be anywhere */
    for (i = 0; best == NULL && plan->alone && i < BUCKETS * SLOTS; i++) {
        if (((&memory->slots[0][0] + i)->turn & 1) == 0) {
            best = &memory->slots[0][0] + i;
        }
    }
    return best;
}

static int lost(const slot_t *slot, apr_time_t now)
{
    return now >= LOAD(slot->lease) || ti_process_gone(LOAD(slot->pid));
}

/* Those whose leaders died, or took too long, make room. Looks at all slots:
 * now and then, not for each request that a full server refuses. */
static void sweep(memory_t *memory, apr_time_t now)
{
    int i;

    memory->swept = now;
    for (i = 0; i < BUCKETS * SLOTS; i++) {
        slot_t *slot = &memory->slots[0][0] + i;

        if ((slot->turn & 1) != 0 &&
            (now >= slot->lease ||
             (kill((pid_t)slot->pid, 0) != 0 && errno == ESRCH))) {
            ground(memory, slot, &(ti_landing_t){0});
        }
    }
}
