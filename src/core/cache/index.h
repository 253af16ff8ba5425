/* SPDX-License-Identifier: Apache-2.0
 *
 * The index of a ring: buckets of cells, newest first, and the marks of use.
 * For the ring's own files.
 */
#ifndef TI_INDEX_H
#define TI_INDEX_H

#include "cache/layout.h"

/* The cell of a key, or NULL. *link becomes the word that leads to it. Safe
 * without the lock, in any memory: never leaves the ring, never takes more
 * than TI_RING_STEPS. */
ti_cell_t *ti_index_find(apr_uint32_t **link, const ti_ring_t *ring,
                         const apr_uint64_t *key);

/* The same, going on from the word *link. */
ti_cell_t *ti_index_seek(apr_uint32_t **link, const ti_ring_t *ring,
                         const apr_uint64_t *key);

/* Under the lock: make this cell of the ring its bucket's first. */
void ti_index_add(const ti_ring_t *ring, ti_cell_t *cell);

/* Under the lock: take out the cell that this word leads to. */
void ti_index_remove(const ti_ring_t *ring, apr_uint32_t *link,
                     ti_cell_t *cell);

/* Under the lock: forget all cells. */
void ti_index_clear(const ti_ring_t *ring);

/* Bytes that may be read after this cell's header. */
apr_size_t ti_index_room(const ti_ring_t *ring, const ti_cell_t *cell);

/* Was this cell read since it was written? Note that it was; that it was
 * not. */
int ti_index_used(const ti_ring_t *ring, const ti_cell_t *cell);
void ti_index_use(const ti_ring_t *ring, const ti_cell_t *cell);
void ti_index_unuse(const ti_ring_t *ring, const ti_cell_t *cell);

#endif
