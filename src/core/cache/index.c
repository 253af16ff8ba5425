/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/index.h"

static ti_cell_t *cell_at(const ti_ring_t *ring, apr_uint32_t offset);
static int has_key(const ti_cell_t *cell, const apr_uint64_t *key);
static apr_uint32_t *bucket_of(const ti_ring_t *ring, apr_uint64_t word);
static apr_size_t offset_of(const ti_ring_t *ring, const ti_cell_t *cell);
static apr_uint32_t *mark_of(apr_uint32_t *bit, const ti_ring_t *ring,
                             const ti_cell_t *cell);

ti_cell_t *ti_index_find(apr_uint32_t **link, const ti_ring_t *ring,
                         const apr_uint64_t *key)
{
    *link = bucket_of(ring, key[0]);
    return ti_index_seek(link, ring, key);
}

ti_cell_t *ti_index_seek(apr_uint32_t **link, const ti_ring_t *ring,
                         const apr_uint64_t *key)
{
    ti_cell_t *cell;
    int i;

    for (i = 0; i < TI_RING_STEPS; i++) {
        cell = cell_at(ring, TI_LOAD(**link));
        if (cell == NULL || has_key(cell, key)) {
            return cell;
        }
        *link = &cell->next;
    }
    return NULL;
}

void ti_index_add(const ti_ring_t *ring, ti_cell_t *cell)
{
    apr_uint32_t *bucket = bucket_of(ring, TI_LOAD(cell->key[0]));
    apr_uint64_t size = ti_cell_size(TI_LOAD(cell->span));

    TI_STORE(cell->next, TI_LOAD(*bucket));
    TI_STORE(*bucket, (apr_uint32_t)offset_of(ring, cell));
    TI_STORE(ring->state->entries, TI_LOAD(ring->state->entries) + 1);
    TI_STORE(ring->state->bytes, TI_LOAD(ring->state->bytes) + size);
}

void ti_index_remove(const ti_ring_t *ring, apr_uint32_t *link, ti_cell_t *cell)
{
    apr_uint64_t size = ti_cell_size(TI_LOAD(cell->span));

    TI_STORE(*link, TI_LOAD(cell->next));
    TI_STORE(ring->state->entries, TI_LOAD(ring->state->entries) - 1);
    TI_STORE(ring->state->bytes, TI_LOAD(ring->state->bytes) - size);
}

void ti_index_clear(const ti_ring_t *ring)
{
    apr_uint32_t *heads = (apr_uint32_t *)(ring->state + 1);
    apr_uint32_t i;

    for (i = 0; i < ring->layout->buckets; i++) {
        TI_STORE(heads[i], 0);
    }
    TI_STORE(ring->state->entries, 0);
    TI_STORE(ring->state->bytes, 0);
}

apr_size_t ti_index_room(const ti_ring_t *ring, const ti_cell_t *cell)
{
    apr_size_t end = ring->layout->first + ring->layout->room;

    return (end - offset_of(ring, cell) - TI_CELL_UNITS) * 8;
}

int ti_index_used(const ti_ring_t *ring, const ti_cell_t *cell)
{
    apr_uint32_t bit;
    apr_uint32_t *mark = mark_of(&bit, ring, cell);

    return (TI_LOAD(*mark) & bit) != 0;
}

void ti_index_use(const ti_ring_t *ring, const ti_cell_t *cell)
{
    apr_uint32_t bit;
    apr_uint32_t *mark = mark_of(&bit, ring, cell);

    /* Read first: of many readers of a hot cell only one has to write. */
    if ((__atomic_load_n(mark, __ATOMIC_RELAXED) & bit) == 0) {
        __atomic_fetch_or(mark, bit, __ATOMIC_RELAXED);
    }
}

void ti_index_unuse(const ti_ring_t *ring, const ti_cell_t *cell)
{
    apr_uint32_t bit;
    apr_uint32_t *mark = mark_of(&bit, ring, cell);

    __atomic_fetch_and(mark, ~bit, __ATOMIC_RELAXED);
}

/* The cell at an untrusted offset, or NULL if no cell can begin there. The
 * subtraction turns an offset before the first cell into a huge one. */
static ti_cell_t *cell_at(const ti_ring_t *ring, apr_uint32_t offset)
{
    const ti_ring_layout_t *layout = ring->layout;

    if (offset - layout->first > layout->room - TI_CELL_UNITS) {
        return NULL;
    }
    return (ti_cell_t *)((apr_uint64_t *)ring->state + offset);
}

static int has_key(const ti_cell_t *cell, const apr_uint64_t *key)
{
    return TI_LOAD(cell->key[0]) == key[0] && TI_LOAD(cell->key[1]) == key[1] &&
           TI_LOAD(cell->key[2]) == key[2] && TI_LOAD(cell->key[3]) == key[3];
}

/* Keys are digests, so their bits are uniformly distributed. */
static apr_uint32_t *bucket_of(const ti_ring_t *ring, apr_uint64_t word)
{
    apr_uint32_t *heads = (apr_uint32_t *)(ring->state + 1);

    return heads + (((word & 0xffffffff) * ring->layout->buckets) >> 32);
}

static apr_size_t offset_of(const ti_ring_t *ring, const ti_cell_t *cell)
{
    return (apr_size_t)((const apr_uint64_t *)cell -
                        (const apr_uint64_t *)ring->state);
}

static apr_uint32_t *mark_of(apr_uint32_t *bit, const ti_ring_t *ring,
                             const ti_cell_t *cell)
{
    apr_uint64_t *map = (apr_uint64_t *)ring->state + ring->layout->map;
    apr_size_t place = offset_of(ring, cell) / TI_CELL_UNITS;

    *bit = (apr_uint32_t)1 << (place % 32);
    return (apr_uint32_t *)map + place / 32;
}
