/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

#include "index.h"

static int make_room(const ti_ring_t *ring, apr_uint32_t units,
                     apr_time_t now);
static int retire(const ti_ring_t *ring, apr_int64_t *carry, apr_time_t now);
static void put_at_head(const ti_ring_t *ring, const ti_cell_t *cell,
                        apr_uint32_t units);
static void fill_lap(const ti_ring_t *ring, apr_uint32_t units);
static ti_cell_t *cell_on(apr_uint32_t *units, const ti_ring_t *ring,
                          apr_uint64_t position);
static ti_cell_t *place_of(const ti_ring_t *ring, apr_uint64_t position);
static void bury(const ti_ring_t *ring, apr_uint32_t *link, ti_cell_t *cell);
static int restore_all(const ti_ring_t *ring);
static void restore(const ti_ring_t *ring, ti_cell_t *cell);
static void empty(const ti_ring_t *ring);

void ti_ring_lay(ti_ring_plan_t *plan, apr_size_t size, apr_size_t spread)
{
    apr_size_t state = sizeof(ti_ring_state_t);
    apr_size_t heads = (size / spread * 4 + 7) & ~(apr_size_t)7;
    apr_size_t marks = (size / (64 * 32) + 1) * 4;
    apr_size_t first = (state + heads + marks + 63) & ~(apr_size_t)63;

    plan->buckets = (apr_uint32_t)(size / spread);
    plan->map = (apr_uint32_t)((state + heads) / 8);
    plan->first = (apr_uint32_t)(first / 8);
    plan->room = (apr_uint32_t)((size - first) / 8);
}

int ti_ring_fetch(ti_entry_t *entry, const ti_ring_t *ring,
                  ti_search_t *search)
{
    apr_uint32_t *link;
    const ti_cell_t *cell = ti_index_find(&link, ring, search->key);

    if (cell == NULL ||
        !ti_cell_read(entry, cell, ti_index_room(ring, cell), search,
                      ring->seal)) {
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

    /* The new one first: a reader finds one of the two at any moment. */
    put_at_head(ring, image, units);
    ti_index_find(&link, ring, image->key);
    ...
    return rv;
}
