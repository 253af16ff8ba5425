/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the parts of a ring lie in memory.
 *
 *      0 +--------------------------+
 *        | state                    |  head, tail, counters
 *    192 +--------------------------+
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
#ifndef TI_LAYOUT_H
#define TI_LAYOUT_H

#include "cache/cell.h"

/* Where things lie, the same for all rings of one size. In units of 8 bytes. */
typedef struct ti_ring_layout_t {
    apr_uint32_t buckets;
    apr_uint32_t map;
    apr_uint32_t first;
    apr_uint32_t room; /* for cells */
} ti_ring_layout_t;

/* Bounds of the ages at which entries are evicted, in microseconds. */
#define TI_RING_AGES 10
extern const apr_interval_time_t ti_ring_ages[TI_RING_AGES];

/* The state of a ring. It is checked before it is used. */
typedef struct ti_ring_state_t {
    apr_uint64_t tail;
    apr_uint64_t head;
    apr_uint64_t entries;
    apr_uint64_t bytes;     /* of the entries */
    apr_uint64_t evictions; /* of entries that had not expired */
    apr_uint64_t stores;
    apr_uint64_t repairs;
    apr_uint64_t spare;                  /* fills a cache line */
    apr_uint64_t ages[TI_RING_AGES + 2]; /* of what was evicted: a histogram by
                                            ti_ring_ages, what is older, and
                                            the sum in microseconds */
    apr_uint64_t spare_too[4];
} ti_ring_state_t;

/* A handle of a ring, cheap to make; the memory stays the table's. */
typedef struct ti_ring_t {
    ti_ring_state_t *state; /* the ring's start */
    const ti_ring_layout_t *layout;
    const ti_checksum_t *checksum;
} ti_ring_t;

/* A bucket holds few cells; a longer walk means damaged memory. */
#define TI_RING_STEPS 64

#endif
