/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/ring.h"

#include "cache/index.h"
#include "cache/lap.h"

static int make_room(const ti_ring_t *ring, apr_uint32_t units, apr_time_t now);
static int retire(const ti_ring_t *ring, apr_int64_t *carry, apr_time_t now);
static void note_eviction(ti_ring_state_t *state, apr_interval_time_t age);
static ti_cell_t *put_at_head(const ti_ring_t *ring, const ti_cell_t *cell,
                              apr_uint32_t units);
static void mark_dead(const ti_ring_t *ring, apr_uint32_t *link,
                      ti_cell_t *cell);
static void add(apr_uint64_t *word, apr_uint64_t number);
static int is_whole(const ti_ring_t *ring, const ti_cell_t *cell);
static void empty(const ti_ring_t *ring);
static void restore(const ti_ring_t *ring, ti_cell_t *cell);

const apr_interval_time_t ti_ring_ages[TI_RING_AGES] = {
    APR_INT64_C(1000000),   APR_INT64_C(5000000),   APR_INT64_C(15000000),
    APR_INT64_C(30000000),  APR_INT64_C(60000000),  APR_INT64_C(120000000),
    APR_INT64_C(300000000), APR_INT64_C(600000000), APR_INT64_C(1800000000),
    APR_INT64_C(3600000000)};

void ti_ring_lay(ti_ring_layout_t *layout, apr_size_t size, apr_size_t spread)
{
    apr_size_t state = sizeof(ti_ring_state_t);
    apr_size_t heads = (size / spread * 4 + 7) & ~(apr_size_t)7;
    apr_size_t marks = (size / (64 * 32) + 1) * 4;
    apr_size_t first = (state + heads + marks + 63) & ~(apr_size_t)63;

    layout->buckets = (apr_uint32_t)(size / spread);
    layout->map = (apr_uint32_t)((state + heads) / 8);
    layout->first = (apr_uint32_t)(first / 8);
    layout->room = (apr_uint32_t)((size - first) / 8);
}

int ti_ring_fetch(ti_entry_t *entry, const ti_ring_t *ring, ti_search_t *search)
{
    apr_uint32_t *link;
    const ti_cell_t *cell = ti_index_find(&link, ring, search->key);

    if (cell == NULL || !ti_cell_read(entry, cell, ti_index_room(ring, cell),
                                      search, ring->checksum)) {
        return 0;
    }
    ti_index_use(ring, cell);
    return 1;
}

apr_status_t ti_ring_insert(const ti_ring_t *ring, const ti_cell_t *image,
                            apr_time_t now)
{
    apr_uint32_t units = ti_cell_units(image->span);
    apr_status_t rv = APR_SUCCESS;
    apr_uint32_t *link;
    ti_cell_t *old;

    if (!make_room(ring, units, now)) {
        empty(ring);
        rv = APR_INCOMPLETE;
    }

    /* Add the new cell first, so that readers always find one of the two. */
    link = &put_at_head(ring, image, units)->next;
    old = ti_index_seek(&link, ring, image->key);
    if (old != NULL) {
        mark_dead(ring, link, old);
    }
    return rv;
}

int ti_ring_newer(const ti_ring_t *ring, const ti_cell_t *image)
{
    apr_uint32_t *link;
    const ti_cell_t *cell = ti_index_find(&link, ring, image->key);
    apr_time_t answered = cell != NULL ? TI_LOAD(cell->answered) : 0;

    return answered > image->answered && is_whole(ring, cell);
}

void ti_ring_note(const ti_ring_t *ring, int stored, int repaired)
{
    add(&ring->state->stores, stored != 0);
    add(&ring->state->repairs, repaired != 0);
}

void ti_ring_drop(const ti_ring_t *ring, const apr_uint64_t *key)
{
    apr_uint32_t *link;
    ti_cell_t *cell = ti_index_find(&link, ring, key);

    if (cell != NULL) {
        mark_dead(ring, link, cell);
    }
}

void ti_ring_repair(const ti_ring_t *ring)
{
    apr_uint64_t position = TI_LOAD(ring->state->tail);
    apr_uint64_t head = TI_LOAD(ring->state->head);
    int sound = head - position <= ring->layout->room;
    apr_uint32_t units;
    ti_cell_t *cell;

    ti_index_clear(ring);
    for (; sound && position != head; position += units) {
        cell = ti_lap_cell(&units, ring, position);
        sound = units > 0 && units <= head - position;
        if (sound && cell != NULL) {
            restore(ring, cell);
        }
    }
    if (!sound) {
        empty(ring);
    }
}

/* Retire cells at the tail until these units fit in one piece. Zero: the state
 * of the ring is damaged. The loop ends: each step advances the tail, and
 * `carry` limits what returns at the head. */
static int make_room(const ti_ring_t *ring, apr_uint32_t units, apr_time_t now)
{
    apr_int64_t carry = (apr_int64_t)TI_RING_CARRY + units;
    apr_uint64_t used;

    for (;;) {
        used = TI_LOAD(ring->state->head) - TI_LOAD(ring->state->tail);
        if (used > ring->layout->room) {
            return 0;
        }
        if (ring->layout->room - used >= ti_lap_rest(ring, units) + units) {
            return 1;
        }
        if (!retire(ring, &carry, now)) {
            return 0;
        }
    }
}

/* Evict the cell at the tail, or carry it to the head if its use bit is set.
 * There is room for that: the cell moves to a lower address in the space that
 * it leaves, or stays where it is. */
static int retire(const ti_ring_t *ring, apr_int64_t *carry, apr_time_t now)
{
    ti_ring_state_t *state = ring->state;
    apr_uint64_t tail = TI_LOAD(state->tail);
    apr_uint32_t units;
    apr_uint32_t *link;
    ti_cell_t *cell = ti_lap_cell(&units, ring, tail);
    int live;

    if (units == 0 || units > TI_LOAD(state->head) - tail) {
        return 0;
    }
    live = cell != NULL && ti_cell_kind(TI_LOAD(cell->span)) != TI_KIND_NONE &&
           ti_index_find(&link, ring, cell->key) == cell;
    if (live) {
        ti_index_remove(ring, link, cell);
    }
    TI_STORE(state->tail, tail + units);
    if (!live || TI_LOAD(cell->expires) <= now) {
        return 1;
    }

    if (*carry > 0 && ti_index_used(ring, cell)) {
        *carry -= units;
        put_at_head(ring, cell, units);
    } else {
        note_eviction(state, now - TI_LOAD(cell->answered));
    }
    return 1;
}

static void note_eviction(ti_ring_state_t *state, apr_interval_time_t age)
{
    int i = 0;

    while (i < TI_RING_AGES && age > ti_ring_ages[i]) {
        i++;
    }
    add(&state->evictions, 1);
    add(&state->ages[i], 1);
    add(&state->ages[TI_RING_AGES + 1], age > 0 ? (apr_uint64_t)age : 0);
}

/* Writers hold the lock, readers do not. */
static void add(apr_uint64_t *word, apr_uint64_t number)
{
    TI_STORE(*word, TI_LOAD(*word) + number);
}

/* Copy a cell to the head, where there is room, and add it to the index. A copy
 * within the ring may overlap its source, but only to lower addresses. */
static ti_cell_t *put_at_head(const ti_ring_t *ring, const ti_cell_t *cell,
                              apr_uint32_t units)
{
    const apr_uint64_t *from = (const apr_uint64_t *)cell;
    apr_uint32_t rest = ti_lap_rest(ring, units);
    apr_uint64_t head;
    apr_uint64_t *to;
    apr_uint32_t i;

    if (rest > 0) {
        ti_lap_fill(ring, rest);
    }
    head = TI_LOAD(ring->state->head);
    to = (apr_uint64_t *)ti_lap_at(ring, head);
    /* Store word by word, each with release order. After memcpy, a writer that
     * is killed here could leave the words in any order, and a reader on
     * another processor could see the index before the cell. */
    for (i = 0; i < units; i++) {
        TI_STORE(to[i], __atomic_load_n(from + i, __ATOMIC_RELAXED));
    }
    ti_index_unuse(ring, (ti_cell_t *)to);
    TI_STORE(ring->state->head, head + units);
    ti_index_add(ring, (ti_cell_t *)to);
    return (ti_cell_t *)to;
}

/* Mark it dead before it leaves the index, so that no repair restores it. */
static void mark_dead(const ti_ring_t *ring, apr_uint32_t *link,
                      ti_cell_t *cell)
{
    apr_uint32_t span = TI_LOAD(cell->span);

    TI_STORE(cell->span, (apr_uint32_t)ti_cell_size(span));
    ti_index_remove(ring, link, cell);
}

/* A damaged cell serves no request, so it must not block a newer answer
 * either. */
static int is_whole(const ti_ring_t *ring, const ti_cell_t *cell)
{
    apr_size_t size = ti_cell_size(TI_LOAD(cell->span));

    return size <= ti_index_room(ring, cell) &&
           ti_cell_whole(cell, ring->checksum);
}

static void empty(const ti_ring_t *ring)
{
    ti_index_clear(ring);
    TI_STORE(ring->state->head, 0);
    TI_STORE(ring->state->tail, 0);
}

/* Of two cells with one key, the one closer to the head is newer. */
static void restore(const ti_ring_t *ring, ti_cell_t *cell)
{
    apr_uint32_t span = TI_LOAD(cell->span);

    if (ti_cell_kind(span) == TI_KIND_NONE) {
        return;
    }
    if (!ti_cell_whole(cell, ring->checksum)) {
        TI_STORE(cell->span, (apr_uint32_t)ti_cell_size(span));
        return;
    }
    ti_ring_drop(ring, cell->key);
    ti_index_add(ring, cell);
}
