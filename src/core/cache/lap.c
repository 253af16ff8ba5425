/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/lap.h"

apr_uint32_t ti_lap_rest(const ti_ring_t *ring, apr_uint32_t units)
{
    apr_uint32_t room = ring->layout->room;
    apr_uint32_t at = (apr_uint32_t)(TI_LOAD(ring->state->head) % room);

    return units > room - at ? room - at : 0;
}

void ti_lap_fill(const ti_ring_t *ring, apr_uint32_t rest)
{
    apr_uint64_t head = TI_LOAD(ring->state->head);

    if (rest >= TI_CELL_UNITS) {
        TI_STORE(ti_lap_at(ring, head)->span, (rest - TI_CELL_UNITS) * 8);
    }
    TI_STORE(ring->state->head, head + rest);
}

ti_cell_t *ti_lap_cell(apr_uint32_t *units, const ti_ring_t *ring,
                       apr_uint64_t position)
{
    apr_uint32_t room = ring->layout->room;
    apr_uint32_t rest = room - (apr_uint32_t)(position % room);
    ti_cell_t *cell = ti_lap_at(ring, position);

    if (rest < TI_CELL_UNITS) {
        *units = rest;
        return NULL;
    }
    *units = ti_cell_units(TI_LOAD(cell->span));
    if (*units > rest) {
        *units = 0;
    }
    return cell;
}

ti_cell_t *ti_lap_at(const ti_ring_t *ring, apr_uint64_t position)
{
    apr_uint64_t offset = ring->layout->first + position % ring->layout->room;

    return (ti_cell_t *)((apr_uint64_t *)ring->state + offset);
}
