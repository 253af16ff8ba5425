/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of cells and its index: a FIFO with second chance. Cells are written
 * at the head and given up at the tail; one that was read since is carried to
 * the head once. Readers take no lock; writers hold the lock of the shard that
 * it lies in.
 */
#ifndef TI_RING_H
#define TI_RING_H

#include "cache/layout.h"

/* The largest cell is one part of a ring in so many, so that one store does not
 * push out all others. */
#define TI_RING_PARTS 4

/* Units of cells in use, beyond its own size, that one store may carry from
 * the tail to the head: 64 KiB, some ten microseconds. */
#define TI_RING_CARRY 8192

/* Lay out a ring of `size` bytes with one bucket for each `spread` bytes. */
void ti_ring_lay(ti_ring_layout_t *layout, apr_size_t size, apr_size_t spread);

/* Find, copy out and mark as used the newest cell of the search's key.
 * Takes no lock. Nonzero: *entry is filled. */
int ti_ring_fetch(ti_entry_t *entry, const ti_ring_t *ring,
                  ti_search_t *search);

/* Under the lock: put a cell at the head, in place of an earlier one of its
 * key; the image has at most room / TI_RING_PARTS units. APR_INCOMPLETE: the
 * ring was damaged and lost its cells first. */
apr_status_t ti_ring_insert(const ti_ring_t *ring, const ti_cell_t *image,
                            apr_time_t now);

/* Under the lock: is there a whole cell of the image's key that was answered
 * after it? */
int ti_ring_newer(const ti_ring_t *ring, const ti_cell_t *image);

/* Under the lock: count a store, a repair. */
void ti_ring_note(const ti_ring_t *ring, int stored, int repaired);

/* Under the lock: forget a key. */
void ti_ring_drop(const ti_ring_t *ring, const apr_uint64_t *key);

/* Under the lock, after a writer died: rebuild the index from the cells that
 * are whole, newest first. A ring whose state is damaged is emptied. */
void ti_ring_repair(const ti_ring_t *ring);

#endif
