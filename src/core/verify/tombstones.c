/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tombstones.h"

#include <string.h>

#define PROBES 8 /* slots that a mark may lie in, from its digest on */

static void replace(ti_tombstone_t *slot, const ti_tombstone_t *mark);
static void mark_all(ti_tombstones_t *table, const ti_tombstone_t *mark);

apr_status_t ti_tombstones_lock(ti_tombstones_t *table, apr_time_t now)
{
    apr_status_t rv = ti_lock_take(&table->lock);

    if (rv == APR_INCOMPLETE) {
        ti_tombstones_forget(table, now);
        return APR_SUCCESS;
    }
    return rv;
}

void ti_tombstones_unlock(ti_tombstones_t *table)
{
    ti_lock_give(&table->lock);
}

void ti_tombstones_put(ti_tombstones_t *table, const ti_tombstone_t *mark,
                       apr_time_t now)
{
    ti_tombstone_t made = *mark;
    ti_tombstone_t *place = NULL;
    apr_size_t i;

    /* first: a writer that dies here leaves a time for the mark of all */
    if (made.until > table->until) {
        __atomic_store_n(&table->until, made.until, __ATOMIC_RELEASE);
    }

    for (i = 0; i < PROBES && mark->low != 0; i++) {
        ti_tombstone_t *slot =
            &table->slots[(mark->low + i) % TI_TOMBSTONES_MAX];

        if (slot->low == mark->low && slot->high == mark->high) {
            place = slot;
            ti_tombstone_widen(&made, slot);
            break;
        }
        if (place == NULL && slot->until <= now) {
            place = slot;
        }
    }
    if (place == NULL) {
        mark_all(table, mark);
    } else {
        replace(place, &made);
    }
}

void ti_tombstones_orphan(ti_tombstones_t *table, apr_time_t since,
                          apr_time_t now)
{
    apr_size_t i;

    for (i = 0; i < TI_TOMBSTONES_MAX; i++) {
        const ti_tombstone_t *slot = &table->slots[i];

        if (slot->low != 0 && slot->until > now && slot->at < since) {
            ti_tombstones_forget(table, now);
            return;
        }
    }
}

int ti_tombstones_find(ti_tombstone_t *found, const ti_tombstones_t *table,
                       const ti_tombstone_t *name)
{
    apr_size_t i;

    for (i = 0; i < PROBES; i++) {
        const ti_tombstone_t *slot =
            &table->slots[(name->low + i) % TI_TOMBSTONES_MAX];

        if (__atomic_load_n(&slot->low, __ATOMIC_ACQUIRE) != name->low) {
            continue;
        }
        found->high = __atomic_load_n(&slot->high, __ATOMIC_RELAXED);
        found->at = __atomic_load_n(&slot->at, __ATOMIC_RELAXED);
        found->held_till = __atomic_load_n(&slot->held_till, __ATOMIC_RELAXED);
        found->until = __atomic_load_n(&slot->until, __ATOMIC_RELAXED);
        found->at_wall = slot->at_wall; /* under the lock only */
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&slot->low, __ATOMIC_RELAXED) == name->low &&
            found->high == name->high) {
            return 1;
        }
    }
    return 0;
}

void ti_tombstones_all(ti_tombstone_t *all, const ti_tombstones_t *table)
{
    memset(all, 0, sizeof(*all));
    all->until = __atomic_load_n(&table->all.until, __ATOMIC_ACQUIRE);
    all->at = __atomic_load_n(&table->all.at, __ATOMIC_RELAXED);
    all->held_till = __atomic_load_n(&table->all.held_till, __ATOMIC_RELAXED);
}

/* An existing mark never becomes invisible. */
static void replace(ti_tombstone_t *slot, const ti_tombstone_t *mark)
{
    if (slot->low != mark->low || slot->high != mark->high) {
        __atomic_store_n(&slot->low, 0, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_RELEASE);
    }
    __atomic_store_n(&slot->high, mark->high, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->at, mark->at, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->held_till, mark->held_till, __ATOMIC_RELAXED);
    slot->at_wall = mark->at_wall; /* for writers only */
    __atomic_store_n(&slot->until, mark->until, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->low, mark->low, __ATOMIC_RELEASE);
}

void ti_tombstone_widen(ti_tombstone_t *mark, const ti_tombstone_t *by)
{
    if (by->at >= mark->at) {
        mark->at = by->at;
        mark->at_wall = by->at_wall;
    }
    mark->held_till =
        by->held_till > mark->held_till ? by->held_till : mark->held_till;
    mark->until = by->until > mark->until ? by->until : mark->until;
}

/* Its end is written last: until then the mark does not count. */
static void mark_all(ti_tombstones_t *table, const ti_tombstone_t *mark)
{
    ti_tombstone_t all = *mark;

    ti_tombstone_widen(&all, &table->all);
    table->all.at_wall = all.at_wall;
    __atomic_store_n(&table->all.at, all.at, __ATOMIC_RELAXED);
    __atomic_store_n(&table->all.held_till, all.held_till, __ATOMIC_RELAXED);
    __atomic_store_n(&table->all.until, all.until, __ATOMIC_RELEASE);
}

void ti_tombstones_forget(ti_tombstones_t *table, apr_time_t now)
{
    ti_tombstone_t all = {0};

    all.at = now;
    all.held_till = now;
    all.until = table->until;
    mark_all(table, &all);
}
