/* SPDX-License-Identifier: Apache-2.0
 *
 * Laps of a ring: where a position lies in memory, and the hole at the end of a
 * lap, where the next cell would not fit. For ring.c only.
 */
#ifndef TI_LAP_H
#define TI_LAP_H

#include "cache/layout.h"

/* Units to skip at the head so that so many lie in one piece. */
apr_uint32_t ti_lap_rest(const ti_ring_t *ring, apr_uint32_t units);

/* Under the lock: skip these units at the head, up to the end of the lap. They
 * become a hole; a rest too short for a cell's header is one by itself. */
void ti_lap_fill(const ti_ring_t *ring, apr_uint32_t rest);

/* The cell or hole at a position; NULL in a rest too short for one. *units: how
 * far it reaches, 0 when it would leave the ring. */
ti_cell_t *ti_lap_cell(apr_uint32_t *units, const ti_ring_t *ring,
                       apr_uint64_t position);

/* The memory at a position. */
ti_cell_t *ti_lap_at(const ti_ring_t *ring, apr_uint64_t position);

#endif
