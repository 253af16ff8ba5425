/* SPDX-License-Identifier: Apache-2.0
 *
 * Laps of a ring: the address of a position, and the hole at the end of a lap
 * where the next cell does not fit. Only ring.c includes it.
 */
#ifndef TI_LAP_H
#define TI_LAP_H

#include "cache/layout.h"

/* Units to skip at the head so that the next `units` are contiguous. */
apr_uint32_t ti_lap_rest(const ti_ring_t *ring, apr_uint32_t units);

/* Under the lock: skip these units at the head, up to the end of the lap. They
 * become a hole. A rest that is too short for a cell's header needs no mark. */
void ti_lap_fill(const ti_ring_t *ring, apr_uint32_t rest);

/* The cell or hole at a position, or NULL in a rest that is too short for a
 * header. *units: its length, or 0 if it would extend beyond the lap. */
ti_cell_t *ti_lap_cell(apr_uint32_t *units, const ti_ring_t *ring,
                       apr_uint64_t position);

/* The address of a position. */
ti_cell_t *ti_lap_at(const ti_ring_t *ring, apr_uint64_t position);

#endif
