/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

#include <string.h>

#define CHANCES 8       /* second chances that one append may give */
#define UNLINK_MAX 4096 /* a chain longer than this is no chain */

static int sane(const ti_shard_view_t *view);
static void empty(const ti_shard_view_t *view);
static int fits(const ti_shard_view_t *view, apr_uint32_t units);
static void wrap(const ti_shard_view_t *view);
static void pass_tail(const ti_shard_view_t *view, apr_time_t now,
                      int *chances);
static apr_uint32_t behind(const ti_shard_view_t *view, apr_uint32_t at);
static void move_to_head(const ti_shard_view_t *view, apr_uint32_t from,
                         apr_uint32_t units);
static void copy_words(void *to, const void *from, apr_size_t count);
static void link_record(const ti_shard_view_t *view, apr_uint32_t at);
static void unlink_record(const ti_shard_view_t *view, const ti_key_t *key,
                          const ti_record_t *only);
static int whole(const ti_shard_view_t *view, const ti_record_t *record);

apr_uint32_t ti_ring_units(apr_uint32_t size)
{
    return (apr_uint32_t)(sizeof(ti_record_t) + size + TI_RECORD_UNIT - 1) /
           TI_RECORD_UNIT;
}

ti_record_t *ti_ring_record(const ti_shard_view_t *view, apr_uint32_t at)
{
    return (ti_record_t *)(void *)(view->ring +
                                   (apr_size_t)at * TI_RECORD_UNIT);
}

apr_uint32_t *ti_ring_bucket(const ti_shard_view_t *view, const ti_key_t *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key->bytes + 4, sizeof(hash));
    return &view->heads[hash & (view->buckets - 1)];
}

void ti_ring_append(const ti_shard_view_t *view, const ti_record_t *record,
                    apr_time_t now)
{
    ti_shard_t *shard = view->shard;
    apr_uint32_t units = ti_ring_units(record->size);
    int chances = CHANCES;
    apr_uint32_t at;

    if (!sane(view)) {
        empty(view);
    }
    while (!fits(view, units)) {
        if (shard->head >= shard->tail && shard->tail > 0 &&
            view->units - shard->head < units) {
            wrap(view);
        } else {
            pass_tail(view, now, &chances);
        }
    }
    at = shard->head;
    copy_words(ti_ring_record(view, at), record, units);
    TI_STORE(shard->head, at + units);
    link_record(view, at);
    TI_STORE(shard->stores, shard->stores + 1);
}

void ti_ring_remove(const ti_shard_view_t *view, const ti_key_t *key)
{
    unlink_record(view, key, NULL);
}

/* What is whole and not dead goes back into the index. Of two copies of one
 * key the later in the ring is the newer, and stays. */
void ti_ring_mend(const ti_shard_view_t *view)
{
    ti_shard_t *shard = view->shard;
    apr_uint32_t at = shard->tail;
    apr_uint32_t records = 0;

    TI_STORE(shard->repairs, shard->repairs + 1);
    TI_STORE(shard->version, shard->version + 1);
    TI_STORE(shard->entries, 0);
    TI_STORE(shard->bytes, 0);
    for (apr_uint32_t i = 0; i < view->buckets; i++) {
        TI_STORE(view->heads[i], 0);
    }
    if (!sane(view)) {
        empty(view);
        return;
    }
    while (at != shard->head && records++ < view->units) {
        apr_uint32_t next;

        if (shard->head < shard->tail && at == shard->edge) {
            at = 0;
            continue;
        }
        next = behind(view, at);
        if (next == at) {
            empty(view);
            return;
        }
        if (whole(view, ti_ring_record(view, at))) {
            unlink_record(view, &ti_ring_record(view, at)->key, NULL);
            link_record(view, at);
        }
        at = next;
    }
}

/* Head, tail and edge are read from memory that others write. */
static int sane(const ti_shard_view_t *view)
{
    const ti_shard_t *shard = view->shard;

    return shard->head <= view->units && shard->tail <= view->units &&
           shard->edge <= view->units &&
           (shard->head >= shard->tail || shard->tail <= shard->edge);
}

static void empty(const ti_shard_view_t *view)
{
    ti_shard_t *shard = view->shard;
    apr_uint32_t i;

    for (i = 0; i < view->buckets; i++) {
        TI_STORE(view->heads[i], 0);
    }
    TI_STORE(shard->tail, 0);
    TI_STORE(shard->head, 0);
    TI_STORE(shard->edge, 0);
    TI_STORE(shard->entries, 0);
    TI_STORE(shard->bytes, 0);
    TI_STORE(shard->version, shard->version + 1);
}

/* Is there room at head? One unit stays free, or full would look empty. */
static int fits(const ti_shard_view_t *view, apr_uint32_t units)
{
    const ti_shard_t *shard = view->shard;

    if (shard->head >= shard->tail) {
        return view->units - shard->head >= units;
    }
    return shard->tail - shard->head > units;
}

/* Go on at the ring's start; the caller has seen that tail is not there. */
static void wrap(const ti_shard_view_t *view)
{
    ti_shard_t *shard = view->shard;

    TI_STORE(shard->edge, shard->head);
    TI_STORE(shard->head, 0);
    if (shard->tail == shard->edge) {
        TI_STORE(shard->tail, 0);
    }
}

/* Make room: drop the oldest record, or move it to head when it was used. */
static void pass_tail(const ti_shard_view_t *view, apr_time_t now, int *chances)
{
    ti_shard_t *shard = view->shard;
    apr_uint32_t at = shard->tail;
    apr_uint32_t next = behind(view, at);
    ti_record_t *record = ti_ring_record(view, at);
    int alive;
    int moves;

    if (next == at) { /* nothing there, or no record: begin anew */
        empty(view);
        return;
    }
    alive = TI_LOAD(record->used) != TI_RECORD_DEAD && now < record->expires;
    moves = alive && record->used && *chances > 0 &&
            (shard->head < at || view->units - shard->head >= next - at);
    unlink_record(view, &record->key, record);
    TI_STORE(record->used, TI_RECORD_DEAD);
    if (shard->head < at && next == shard->edge) {
        TI_STORE(shard->tail, 0);
    } else {
        TI_STORE(shard->tail, next);
    }
    if (moves) {
        (*chances)--;
        move_to_head(view, at, next - at);
    } else if (alive) {
        TI_STORE(shard->evictions, shard->evictions + 1);
    }
}

/* Where the record at this place ends; the place itself when none is there. */
static apr_uint32_t behind(const ti_shard_view_t *view, apr_uint32_t at)
{
    const ti_shard_t *shard = view->shard;
    apr_uint32_t end = shard->head >= at ? shard->head : shard->edge;
    apr_uint32_t units;

    if (end < at || end - at < ti_ring_units(0) ||
        ti_ring_record(view, at)->size > TI_ENTRY_MAX) {
        return at;
    }
    units = ti_ring_units(ti_ring_record(view, at)->size);
    return end - at >= units ? at + units : at;
}

/* The places may overlap, head being the lower one then: words go upwards. */
static void move_to_head(const ti_shard_view_t *view, apr_uint32_t from,
                         apr_uint32_t units)
{
    ti_shard_t *shard = view->shard;
    apr_uint32_t at = shard->head;

    copy_words(ti_ring_record(view, at), ti_ring_record(view, from), units);
    TI_STORE(ti_ring_record(view, at)->used, 0);
    TI_STORE(shard->head, at + units);
    link_record(view, at);
}

/* Word by word, so that a reader never sees half of one. */
static void copy_words(void *to, const void *from, apr_size_t count)
{
    apr_uint64_t *there = to;
    const apr_uint64_t *here = from;
    apr_size_t i;

    for (i = 0; i < count; i++) {
        __atomic_store_n(&there[i], TI_LOAD(here[i]), __ATOMIC_RELAXED);
    }
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

static void link_record(const ti_shard_view_t *view, apr_uint32_t at)
{
    ti_shard_t *shard = view->shard;
    ti_record_t *record = ti_ring_record(view, at);
    apr_uint32_t *bucket = ti_ring_bucket(view, &record->key);

    TI_STORE(record->next, *bucket);
    TI_STORE(*bucket, at + 1);
    TI_STORE(shard->entries, shard->entries + 1);
    TI_STORE(shard->bytes, shard->bytes + record->size);
}

/* The first record of the key in its chain, or only this one. */
static void unlink_record(const ti_shard_view_t *view, const ti_key_t *key,
                          const ti_record_t *only)
{
    ti_shard_t *shard = view->shard;
    apr_uint32_t *link = ti_ring_bucket(view, key);
    int steps;

    for (steps = 0; *link != 0 && steps < UNLINK_MAX; steps++) {
        ti_record_t *record;

        if (*link - 1 > view->units - ti_ring_units(0)) {
            TI_STORE(*link, 0); /* no chain leads there */
            return;
        }
        record = ti_ring_record(view, *link - 1);
        if (only != NULL ? record == only
                         : memcmp(&record->key, key, sizeof(*key)) == 0) {
            TI_STORE(record->used, TI_RECORD_DEAD);
            TI_STORE(shard->version, shard->version + 1);
            TI_STORE(*link, record->next);
            TI_STORE(shard->entries, shard->entries - 1);
            TI_STORE(shard->bytes, shard->bytes - record->size);
            return;
        }
        link = &record->next;
    }
}

static int whole(const ti_shard_view_t *view, const ti_record_t *record)
{
    const apr_uint64_t *words = (const apr_uint64_t *)(const void *)record;
    apr_uint64_t sum = view->seed;
    apr_uint32_t units = ti_ring_units(record->size);
    apr_uint32_t i;

    for (i = TI_RECORD_CHECKED / 8; i < units; i++) {
        sum = ti_record_mix(sum, TI_LOAD(words[i]));
    }
    return sum == record->check && TI_LOAD(record->used) != TI_RECORD_DEAD;
}
