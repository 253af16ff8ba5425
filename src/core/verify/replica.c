/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/replica.h"

#include <stdlib.h>
#include <string.h>

#include "cache/cache.h"
#include "verify/revocation.h"
#include "verify/tombstones.h"

/* The most marks that go out; one for all replaces more. */
#define MESSAGES_MAX ((TI_ENTRY_MAX / sizeof(message_t)) - 1)

/* One mark as machines exchange it. */
typedef struct message_t {
    apr_uint64_t low; /* 0: all */
    apr_uint64_t high;
    apr_int64_t at;   /* wall clock */
    apr_int64_t hold; /* from then on, in microseconds */
    apr_int64_t life;
} message_t;

static void exchange(ti_tombstones_t *table, ti_cache_t *shared,
                     const ti_key_t *key, apr_interval_time_t life,
                     const ti_now_t *now, apr_pool_t *p);
static int is_due(ti_tombstones_t *table, apr_time_t now);
static void take(ti_tombstones_t *table, const ti_entry_t *entry,
                 apr_interval_time_t life, const ti_now_t *now);
static void take_one(ti_tombstones_t *table, const message_t *message,
                     apr_interval_time_t life, const ti_now_t *now);
static message_t *give(apr_size_t *count, apr_time_t *until,
                       ti_tombstones_t *table, const ti_now_t *now,
                       apr_pool_t *p);
static void date(ti_tombstones_t *table, const ti_now_t *now);
static void tell(message_t *message, const ti_tombstone_t *mark);
static int compare(const void *one, const void *other);

void ti_replica_exchange(const ti_world_t *world, apr_interval_time_t life,
                         apr_pool_t *p)
{
    ti_now_t now = ti_world_now(world);
    ti_tombstones_t *table;
    ti_key_t key;

    if (world->shared == NULL || world->revocations == NULL) {
        return;
    }
    table = ti_revocations_table(world->revocations);
    if (!is_due(table, now.steady)) {
        return;
    }
    if (ti_revocations_key(&key, world->revocations) == APR_SUCCESS) {
        exchange(table, world->shared, &key, life, &now, p);
    }
    if (world->former_shared != NULL &&
        ti_revocations_key_former(&key, world->revocations) == APR_SUCCESS) {
        exchange(table, world->former_shared, &key, life, &now, p);
    }
}

static void exchange(ti_tombstones_t *table, ti_cache_t *shared,
                     const ti_key_t *key, apr_interval_time_t life,
                     const ti_now_t *now, apr_pool_t *p)
{
    ti_entry_t there = {0};
    ti_entry_t here = {0};
    apr_size_t count = 0;
    apr_status_t rv = shared->fetch(shared, &there, key, now->steady, p);

    if (rv != APR_SUCCESS && rv != APR_NOTFOUND) {
        return; /* others' marks may be there: do not overwrite them */
    }
    if (there.kind == TI_KIND_DOCUMENT) {
        take(table, &there, life, now);
    }
    here.bytes = give(&count, &here.expires, table, now, p);
    here.size = count * sizeof(message_t);
    if (count == 0 || (here.size == there.size &&
                       memcmp(here.bytes, there.bytes, here.size) == 0)) {
        return;
    }
    here.kind = TI_KIND_DOCUMENT;
    here.answered = now->steady;
    shared->store(shared, key, &here, now->steady, p);
}

/* One process of this machine at a time. */
static int is_due(ti_tombstones_t *table, apr_time_t now)
{
    apr_time_t looked = __atomic_load_n(&table->looked, __ATOMIC_RELAXED);

    return now >= looked + TI_REPLICA_LOOK &&
           __atomic_compare_exchange_n(&table->looked, &looked, now, 0,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static void take(ti_tombstones_t *table, const ti_entry_t *entry,
                 apr_interval_time_t life, const ti_now_t *now)
{
    const message_t *messages = entry->bytes;
    apr_size_t count = entry->size / sizeof(message_t);
    apr_size_t i;

    if (ti_tombstones_lock(table, now->steady) != APR_SUCCESS) {
        return;
    }
    date(table, now);
    for (i = 0; i < count; i++) {
        take_one(table, &messages[i], life, now);
    }
    ti_tombstones_unlock(table);
}

/* A mark that is known may still have to live longer: machines remember for
 * different times. */
static void take_one(ti_tombstones_t *table, const message_t *message,
                     apr_interval_time_t life, const ti_now_t *now)
{
    ti_tombstone_t mark = {0};
    ti_tombstone_t known = {0};

    life = message->life > life ? message->life : life;
    mark.low = message->low;
    mark.high = message->high;
    mark.at_wall = message->at;
    mark.at = ti_now_to_steady(now, message->at) + TI_ENTRY_SKEW;
    if (message->low == 0) {
        known = table->all;
    } else {
        ti_tombstones_find(&known, table, &mark);
    }
    if (known.at_wall > message->at ||
        (known.at_wall == message->at && known.until >= known.at + life)) {
        return;
    }
    if (known.at_wall == message->at) {
        mark.at = known.at;
    }
    mark.held_till = mark.at + message->hold;
    mark.until = mark.at + life;
    if (mark.until > now->steady) {
        ti_tombstones_put(table, &mark, now->steady);
    }
}

/* All marks that count, in an order that all machines have. The mark for all,
 * which stands first, covers those that do not fit. */
static message_t *give(apr_size_t *count, apr_time_t *until,
                       ti_tombstones_t *table, const ti_now_t *now,
                       apr_pool_t *p)
{
    message_t *messages =
        apr_pcalloc(p, (MESSAGES_MAX + 1) * sizeof(message_t));
    ti_tombstone_t all = {0};
    apr_size_t i;

    *count = 0;
    *until = 0;
    if (ti_tombstones_lock(table, now->steady) != APR_SUCCESS) {
        return messages;
    }
    date(table, now);
    if (table->all.until > now->steady) {
        all = table->all;
    }
    for (i = 0; i < TI_TOMBSTONES_MAX; i++) {
        const ti_tombstone_t *mark = &table->slots[i];

        if (mark->low == 0 || mark->until <= now->steady) {
            continue;
        }
        if (*count < MESSAGES_MAX) {
            tell(&messages[++*count], mark);
        } else {
            ti_tombstone_widen(&all, mark);
        }
    }
    *until = table->until;
    ti_tombstones_unlock(table);
    if (all.until > 0) {
        tell(&messages[0], &all);
        ++*count;
    } else {
        messages++;
    }
    qsort(messages, *count, sizeof(message_t), compare);
    return messages;
}

/* Give this machine's new marks the wall clock's time, before they are merged
 * with others' marks of the same name. */
static void date(ti_tombstones_t *table, const ti_now_t *now)
{
    apr_size_t i;

    if (table->all.at_wall == 0 && table->all.at > 0) {
        table->all.at_wall = ti_now_to_wall(now, table->all.at);
    }
    for (i = 0; i < TI_TOMBSTONES_MAX; i++) {
        ti_tombstone_t *mark = &table->slots[i];

        if (mark->at_wall == 0 && mark->low != 0) {
            mark->at_wall = ti_now_to_wall(now, mark->at);
        }
    }
}

static void tell(message_t *message, const ti_tombstone_t *mark)
{
    message->low = mark->low;
    message->high = mark->high;
    message->at = mark->at_wall;
    message->hold = mark->held_till - mark->at;
    message->life = mark->until - mark->at;
}

static int compare(const void *one, const void *other)
{
    return memcmp(one, other, sizeof(message_t));
}
