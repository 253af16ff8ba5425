/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of revocation marks in shared memory: each says, under a digest,
 * until when answers do not count. If there are too few slots, one mark for
 * all takes their place.
 *
 * A reader takes no lock: it compares the first half of the digest before and
 * after the rest, and a writer clears it while it changes the rest.
 */
#ifndef TI_TOMBSTONES_H
#define TI_TOMBSTONES_H

#include "base/lock.h"

#define TI_TOMBSTONES_MAX 8192 /* slots */

/* One mark; its times are the steady clock's. A digest of zeros: all. */
typedef struct ti_tombstone_t {
    apr_uint64_t low; /* first half of the digest; 0: never used */
    apr_uint64_t high;
    apr_time_t at;        /* answers asked for before do not count */
    apr_time_t held_till; /* and those until then are not remembered */
    apr_time_t until;     /* expired after this */
    apr_time_t at_wall;   /* the wall clock's `at` as other machines were told;
                          0: they were not yet */
} ti_tombstone_t;

typedef struct ti_tombstones_t {
    ti_lock_t lock;     /* of writers */
    apr_time_t until;   /* of the mark that counts longest */
    apr_time_t looked;  /* when other machines' marks were last read */
    ti_tombstone_t all; /* the mark for all */
    ti_tombstone_t slots[TI_TOMBSTONES_MAX];
} ti_tombstones_t;

/* Take the writers' lock. After the death of a writer, whose mark may be lost,
 * everything is marked. */
apr_status_t ti_tombstones_lock(ti_tombstones_t *table, apr_time_t now);
void ti_tombstones_unlock(ti_tombstones_t *table);

/* Let a mark cover another as well: the later times of both. Its wall clock
 * is that of the later `at`. */
void ti_tombstone_widen(ti_tombstone_t *mark, const ti_tombstone_t *by);

/* Under the lock: write it to the slot with this name, else to one that has
 * expired at `now`, else into the mark for all. An existing mark only grows. */
void ti_tombstones_put(ti_tombstones_t *table, const ti_tombstone_t *mark,
                       apr_time_t now);

/* Under the lock: mark everything if a mark of before `since` counts at
 * `now`. */
void ti_tombstones_orphan(ti_tombstones_t *table, apr_time_t since,
                          apr_time_t now);

/* Under the lock: mark everything, which covers all earlier and pending marks.
 */
void ti_tombstones_forget(ti_tombstones_t *table, apr_time_t now);

/* Without the lock: nonzero with *found the mark of this name. */
int ti_tombstones_find(ti_tombstone_t *found, const ti_tombstones_t *table,
                       const ti_tombstone_t *name);

/* Without the lock: the mark for all. */
void ti_tombstones_all(ti_tombstone_t *all, const ti_tombstones_t *table);

#endif
