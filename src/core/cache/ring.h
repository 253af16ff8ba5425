/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of cells and its index: a FIFO with second chance. Cells enter at the
 * head and are evicted at the tail; a cell that was read in between returns to
 * the head and has to be read again for another lap. Readers take no lock;
 * writers hold the lock of the shard.
 */
#ifndef TI_RING_H
#define TI_RING_H

#include "cache/layout.h"

/* The largest cell takes 1/TI_RING_PARTS of a ring, so that one store does not
 * evict all others. */
#define TI_RING_PARTS 4

/* Limits the units that one store may carry from the tail to the head, beyond
 * its own size: 64 KiB, which takes some ten microseconds. */
#define TI_RING_CARRY 8192

/* Lay out a ring of `size` bytes with one bucket for each `spread` bytes. */
void ti_ring_lay(ti_ring_layout_t *layout, apr_size_t size, apr_size_t spread);

/* Find the newest cell of the search's key, copy it and set its use bit. Takes
 * no lock. Nonzero: *entry is filled. */
int ti_ring_fetch(ti_entry_t *entry, const ti_ring_t *ring,
                  ti_search_t *search);

/* Under the lock: write a cell at the head, in place of an earlier one of its
 * key. The image has at most room / TI_RING_PARTS units. APR_INCOMPLETE: it was
 * written, but the ring was damaged and has lost all its other cells. */
apr_status_t ti_ring_insert(const ti_ring_t *ring, const ti_cell_t *image,
                            apr_time_t now);

/* Under the lock: does the ring have a valid cell of the image's key with a
 * later `answered`? */
int ti_ring_newer(const ti_ring_t *ring, const ti_cell_t *image);

/* Under the lock: count a store and a repair, where nonzero. */
void ti_ring_note(const ti_ring_t *ring, int stored, int repaired);

/* Under the lock: remove the cell of a key. */
void ti_ring_drop(const ti_ring_t *ring, const apr_uint64_t *key);

/* Under the lock, after a writer died: rebuild the index from the valid cells.
 * A ring with a damaged state is emptied. */
void ti_ring_repair(const ti_ring_t *ring);

#endif
