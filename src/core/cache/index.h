/* SPDX-License-Identifier: Apache-2.0
 *
 * The index of a ring: hash buckets of cells, newest first, and the use bits.
 * Only ring.c includes it.
 */
#ifndef TI_INDEX_H
#define TI_INDEX_H

#include "cache/layout.h"

/* The cell of a key, or NULL. *link becomes the address of the offset that
 * leads to it. Safe without the lock and in damaged memory: it stays within the
 * ring and takes at most TI_RING_STEPS steps. */
ti_cell_t *ti_index_find(apr_uint32_t **link, const ti_ring_t *ring,
                         const apr_uint64_t *key);

/* The same, starting at *link. */
ti_cell_t *ti_index_seek(apr_uint32_t **link, const ti_ring_t *ring,
                         const apr_uint64_t *key);

/* Under the lock: put this cell of the ring first in its bucket. */
void ti_index_add(const ti_ring_t *ring, ti_cell_t *cell);

/* Under the lock: remove the cell that *link leads to. */
void ti_index_remove(const ti_ring_t *ring, apr_uint32_t *link,
                     ti_cell_t *cell);

/* Under the lock: remove all cells. */
void ti_index_clear(const ti_ring_t *ring);

/* Bytes from the end of this cell's header to the end of the ring. */
apr_size_t ti_index_room(const ti_ring_t *ring, const ti_cell_t *cell);

/* The use bit: has the cell been read since it was written? Set it; clear
 * it. */
int ti_index_used(const ti_ring_t *ring, const ti_cell_t *cell);
void ti_index_use(const ti_ring_t *ring, const ti_cell_t *cell);
void ti_index_unuse(const ti_ring_t *ring, const ti_cell_t *cell);

#endif
