/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of cells and its index: written at the head, given up at the tail.
 * Readers take no lock; writers hold the lock of the shard that it lies in.
 *
 *      0 +--------------------------+
 *        | state                    |  head, tail, counters
 *     64 +--------------------------+
 *        | bucket heads, u32        |  offset of the newest cell, 0: none
 *        +--------------------------+  map
 *        | used, one bit per 64 B   |  somebody read the cell that begins here
 *        +--------------------------+  first
 *        | cells, oldest at tail    |
 *        |   ...                    |  Cells are contiguous: where one would
 *        | free, from head to tail  |  reach beyond the end, a hole fills the
 *        +--------------------------+  rest and the cell begins a new lap.
 *
 * Offsets count units of 8 bytes from the ring's start. Head and tail are
 * positions, units of cells written since the ring was made: they only grow,
 * and a position's place is its remainder by the ring's room.
 *
 * The marks of use lie apart: a reader that marks a cell late, when other
 * bytes already lie there, then spoils nothing.
 */
#ifndef TI_RING_H
#define TI_RING_H

#include "cache/cell.h"

/* Where things lie, the same for all rings of one size. In units of 8 bytes. */
typedef struct ti_ring_plan_t {
    apr_uint32_t buckets;
    apr_uint32_t map;
    apr_uint32_t first;
    apr_uint32_t room; /* for cells */
} ti_ring_plan_t;

/* What a ring knows about itself. Believed only after a look at it. */
typedef struct ti_ring_state_t {
    apr_uint64_t tail;
    apr_uint64_t head;
    apr_uint64_t entries;
    apr_uint64_t bytes;     /* of the entries */
    apr_uint64_t evictions; /* of entries that had not expired */
    apr_uint64_t spare[3];  /* fills a cache line */
} ti_ring_state_t;

/* A ring in the hand; cheap to make, the memory stays the table's. */
typedef struct ti_ring_t {
    ti_ring_state_t *state; /* the ring's start */
    const ti_ring_plan_t *plan;
    const ti_sealing_t *seal;
} ti_ring_t;

/* No cell takes more of a ring than one part in so many, so that one store
 * does not cost everybody their place. */
#define TI_RING_PARTS 4

/* A bucket holds few cells; a longer walk is one through rubble. */
#define TI_RING_STEPS 64

/* Units of cells in use, beyond its own size, that one store may carry from
 * the tail to the head: 64 KiB, some ten microseconds. */
#define TI_RING_CARRY 8192

/* Lay out a ring of `size` bytes with one bucket for each `spread` bytes. */
void ti_ring_lay(ti_ring_plan_t *plan, apr_size_t size, apr_size_t spread);

/* Find, copy out and mark as used the newest cell of the search's key.
 * Takes no lock. Nonzero: *entry is filled. */
int ti_ring_fetch(ti_entry_t *entry, const ti_ring_t *ring,
                  ti_search_t *search);

/* Under the lock: put a cell at the head, in place of an earlier one of its
 * key; the image has at most room / TI_RING_PARTS units. APR_INCOMPLETE: the
 * ring was damaged and lost its cells first. */
apr_status_t ti_ring_insert(const ti_ring_t *ring, const ti_cell_t *image,
                            apr_time_t now);

/* Under the lock: is there a cell of the image's key that was answered after
 * it? One from further ahead than TI_ENTRY_SKEW is of a clock that was set
 * back, and does not count. */
int ti_ring_newer(const ti_ring_t *ring, const ti_cell_t *image,
                  apr_time_t now);

/* Under the lock: forget a key. */
void ti_ring_drop(const ti_ring_t *ring, const apr_uint64_t *key);

/* Under the lock, after a writer died: build the index anew from the cells
 * that are whole, newest first; of a ring without sense nothing is kept. */
void ti_ring_mend(const ti_ring_t *ring);

#endif
