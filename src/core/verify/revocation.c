/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/revocation.h"

#include <string.h>

#include "ask/server.h"
#include "base/lock.h"
#include "claims/claims.h"

#define PROBES 8 /* slots that a mark may lie in, from its digest on */
#define NAME_SIZE 16

/* A reader takes no lock: it compares `low` before and after the rest, and a
 * writer clears `low` while it changes the rest. */
typedef struct slot_t {
    apr_uint64_t low; /* first half of the digest; 0: never used */
    apr_uint64_t high;
    apr_time_t at;
    apr_time_t held_till;
    apr_time_t until;
} slot_t;

typedef struct marks_t {
    ti_lock_t lock;      /* of writers */
    apr_time_t until;    /* of the mark that counts longest */
    apr_time_t all_at;   /* the mark for all, where slots did not suffice */
    apr_time_t all_till; /* its held_till */
    apr_time_t all_until;
    slot_t slots[TI_REVOCATIONS_MAX * 2];
} marks_t;

#define SLOTS (sizeof(((marks_t *)0)->slots) / sizeof(slot_t))

struct ti_revocations_t {
    marks_t *marks;
    unsigned char secret[TI_SECRET_SIZE];
};

/* What a claim's mark is found by. */
static const char *const claim_names[TI_REVOKED_KINDS] = {
    NULL,
    "sub",
    "sid",
    "client_id",
};

static apr_status_t digest(slot_t *name, const ti_revocations_t *revocations,
                           ti_revoked_t kind, const ti_key_t *identity,
                           const char *value, apr_size_t length);
static void write_slot(marks_t *marks, const slot_t *mark, apr_time_t now);
static void put(slot_t *slot, const slot_t *mark);
static void widen(slot_t *mark, const slot_t *by);
static void mark_all(marks_t *marks, const slot_t *mark);
static void forget_all(marks_t *marks, apr_time_t now);
static int find(slot_t *found, const marks_t *marks, const slot_t *name);
static ti_standing_t judge(const slot_t *mark, apr_time_t answered,
                           apr_time_t now);
static void load_all(slot_t *all, const marks_t *marks);
static int look(slot_t *found, const ti_revocations_t *revocations,
                ti_revoked_t kind, const ti_question_t *question,
                const ti_entry_t *entry);

apr_size_t ti_revocations_size(void)
{
    return sizeof(marks_t);
}

apr_status_t ti_revocations_open(ti_revocations_t **revocations, void *memory,
                                 int fresh, const void *secret, apr_pool_t *p)
{
    *revocations = apr_pcalloc(p, sizeof(**revocations));
    (*revocations)->marks = memory;
    memcpy((*revocations)->secret, secret, TI_SECRET_SIZE);
    if (!fresh) {
        return APR_SUCCESS;
    }
    memset(memory, 0, sizeof(marks_t));
    return ti_lock_init(&(*revocations)->marks->lock);
}

apr_status_t ti_revoke(ti_revocations_t *revocations,
                       const ti_revocation_t *mark, apr_time_t now)
{
    marks_t *marks = revocations->marks;
    slot_t made;
    apr_status_t rv = digest(&made, revocations, mark->kind, mark->identity,
                             mark->value, mark->length);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    made.at = mark->at;
    made.held_till = mark->held_till > mark->at + TI_ENTRY_JITTER
                         ? mark->held_till
                         : mark->at + TI_ENTRY_JITTER;
    made.until = mark->until;
    rv = ti_lock_take(&marks->lock);
    if (rv != APR_SUCCESS && rv != APR_INCOMPLETE) {
        return rv;
    }
    if (rv == APR_INCOMPLETE) {
        forget_all(marks, now); /* a mark may be lost with its writer */
    }
    write_slot(marks, &made, now);
    if (made.until > marks->until) {
        __atomic_store_n(&marks->until, made.until, __ATOMIC_RELEASE);
    }
    ti_lock_give(&marks->lock);
    return APR_SUCCESS;
}

ti_standing_t ti_revocation_standing(const ti_revocations_t *revocations,
                                     const ti_question_t *question,
                                     const ti_entry_t *entry, apr_time_t now)
{
    ti_standing_t standing;
    slot_t found;
    int kind;

    if (revocations == NULL ||
        __atomic_load_n(&revocations->marks->until, __ATOMIC_ACQUIRE) <= now) {
        return TI_STANDING_GOOD;
    }
    load_all(&found, revocations->marks);
    standing = judge(&found, entry->answered, now);
    for (kind = 0; kind < TI_REVOKED_KINDS; kind++) {
        ti_standing_t by_kind;

        if (!look(&found, revocations, (ti_revoked_t)kind, question, entry)) {
            continue;
        }
        by_kind = judge(&found, entry->answered, now);
        standing = by_kind > standing ? by_kind : standing;
    }
    return standing;
}

apr_uint32_t ti_revocations_count(const ti_revocations_t *revocations,
                                  apr_time_t now)
{
    apr_uint32_t count = 0;
    apr_size_t i;

    for (i = 0; revocations != NULL && i < SLOTS; i++) {
        const slot_t *slot = &revocations->marks->slots[i];

        count += __atomic_load_n(&slot->until, __ATOMIC_RELAXED) > now;
    }
    return count;
}

/* The name that a mark is found by. */
static apr_status_t digest(slot_t *name, const ti_revocations_t *revocations,
                           ti_revoked_t kind, const ti_key_t *identity,
                           const char *value, apr_size_t length)
{
    static const ti_key_t anybody;
    static const char *const domains[TI_REVOKED_KINDS] = {
        "revoked token", "revoked sub", "revoked sid", "revoked client_id"};
    apr_uint64_t halves[2];
    ti_key_t key;
    apr_status_t rv =
        ti_key_once(&key, revocations->secret,
                    kind == TI_REVOKED_TOKEN ? &anybody : identity,
                    domains[kind], value, length);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    memcpy(halves, key.bytes, NAME_SIZE);
    memset(name, 0, sizeof(*name));
    name->low = halves[0] != 0 ? halves[0] : 1;
    name->high = halves[1];
    return APR_SUCCESS;
}

/* Into the slot that has this name, else one that means nothing any longer,
 * else one for all. Under the lock. */
static void write_slot(marks_t *marks, const slot_t *mark, apr_time_t now)
{
    slot_t made = *mark;
    slot_t *place = NULL;
    apr_size_t i;

    for (i = 0; i < PROBES; i++) {
        slot_t *slot = &marks->slots[(mark->low + i) % SLOTS];

        if (slot->low == mark->low && slot->high == mark->high) {
            place = slot;
            widen(&made, slot);
            break;
        }
        if (place == NULL && slot->until <= now) {
            place = slot;
        }
    }
    if (place == NULL) {
        mark_all(marks, mark);
        return;
    }
    put(place, &made);
}

/* A mark that is there already only grows, and is never out of sight. */
static void put(slot_t *slot, const slot_t *mark)
{
    if (slot->low != mark->low || slot->high != mark->high) {
        __atomic_store_n(&slot->low, 0, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_RELEASE);
    }
    __atomic_store_n(&slot->high, mark->high, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->at, mark->at, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->held_till, mark->held_till, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->until, mark->until, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->low, mark->low, __ATOMIC_RELEASE);
}

/* A mark never shrinks. */
static void widen(slot_t *mark, const slot_t *by)
{
    mark->at = by->at > mark->at ? by->at : mark->at;
    mark->held_till =
        by->held_till > mark->held_till ? by->held_till : mark->held_till;
    mark->until = by->until > mark->until ? by->until : mark->until;
}

/* Its end comes last: until then it counts for nobody. */
static void mark_all(marks_t *marks, const slot_t *mark)
{
    slot_t all = *mark;
    slot_t before = {0};

    before.at = marks->all_at;
    before.held_till = marks->all_till;
    before.until = marks->all_until;
    widen(&all, &before);
    __atomic_store_n(&marks->all_at, all.at, __ATOMIC_RELAXED);
    __atomic_store_n(&marks->all_till, all.held_till, __ATOMIC_RELAXED);
    __atomic_store_n(&marks->all_until, all.until, __ATOMIC_RELEASE);
}

static void load_all(slot_t *all, const marks_t *marks)
{
    memset(all, 0, sizeof(*all));
    all->until = __atomic_load_n(&marks->all_until, __ATOMIC_ACQUIRE);
    all->at = __atomic_load_n(&marks->all_at, __ATOMIC_RELAXED);
    all->held_till = __atomic_load_n(&marks->all_till, __ATOMIC_RELAXED);
}

/* Whatever was marked, this covers it. */
static void forget_all(marks_t *marks, apr_time_t now)
{
    slot_t all = {0};

    all.at = now;
    all.held_till = now;
    all.until = marks->until;
    mark_all(marks, &all);
}

static int find(slot_t *found, const marks_t *marks, const slot_t *name)
{
    apr_size_t i;

    for (i = 0; i < PROBES; i++) {
        const slot_t *slot = &marks->slots[(name->low + i) % SLOTS];

        if (__atomic_load_n(&slot->low, __ATOMIC_ACQUIRE) != name->low) {
            continue;
        }
        found->high = __atomic_load_n(&slot->high, __ATOMIC_RELAXED);
        found->at = __atomic_load_n(&slot->at, __ATOMIC_RELAXED);
        found->held_till = __atomic_load_n(&slot->held_till, __ATOMIC_RELAXED);
        found->until = __atomic_load_n(&slot->until, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&slot->low, __ATOMIC_RELAXED) == name->low &&
            found->high == name->high) {
            return 1;
        }
    }
    return 0;
}

static ti_standing_t judge(const slot_t *mark, apr_time_t answered,
                           apr_time_t now)
{
    if (mark->until <= now) {
        return TI_STANDING_GOOD;
    }
    if (answered < mark->at) {
        return TI_STANDING_REVOKED;
    }
    return answered < mark->held_till ? TI_STANDING_SHARED : TI_STANDING_GOOD;
}

/* The mark about the answer's token, or about one of its claims. */
static int look(slot_t *found, const ti_revocations_t *revocations,
                ti_revoked_t kind, const ti_question_t *question,
                const ti_entry_t *entry)
{
    const char *value = question->token;
    apr_size_t length = question->length;
    slot_t name;

    if (kind != TI_REVOKED_TOKEN) {
        const ti_value_t *member =
            entry->kind == TI_KIND_CLAIMS
                ? ti_claims_member(entry->bytes, claim_names[kind])
                : NULL;

        if (member == NULL || member->type != TI_STRING) {
            return 0;
        }
        value = ti_claims_string(entry->bytes, member);
        length = member->length;
    }
    if (digest(&name, revocations, kind, &question->server->identity, value,
               length) != APR_SUCCESS) {
        found->at = APR_INT64_MAX;
        found->held_till = APR_INT64_MAX;
        found->until = APR_INT64_MAX;
        return 1;
    }
    return find(found, revocations->marks, &name);
}
