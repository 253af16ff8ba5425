/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory layout of a ring.
 *
 *      0 +--------------------------+
 *        | state                    |  head, tail, counters
 *    192 +--------------------------+
 *        | bucket heads, u32        |  offset of the newest cell, 0: none
 *        +--------------------------+  map
 *        | used, one bit per 64 B   |  the cell that begins here was read
 *        +--------------------------+  first
 *        | cells, oldest at tail    |
 *        |   ...                    |  Cells are contiguous: where one would
 *        | free, from head to tail  |  cross the end, a hole fills the rest
 *        +--------------------------+  and the cell begins a new lap.
 *
 * Offsets count units of 8 bytes from the start of the ring. Head and tail are
 * positions: they count the units written since the ring was made and only
 * grow. A position modulo `room` is its place among the cells.
 *
 * The use bits are apart from the cells, so a reader that sets one late, when
 * the cell has been overwritten, damages nothing.
 */
#ifndef TI_LAYOUT_H
#define TI_LAYOUT_H

#include "cache/cell.h"

/* The layout, equal for all rings of one size. In units of 8 bytes. */
typedef struct ti_ring_layout_t {
    apr_uint32_t buckets;
    apr_uint32_t map;
    apr_uint32_t first;
    apr_uint32_t room; /* for cells */
} ti_ring_layout_t;

/* Bounds of the histogram of ages at eviction, in microseconds. */
#define TI_RING_AGES 10
extern const apr_interval_time_t ti_ring_ages[TI_RING_AGES];

/* The state of a ring, validated before use. */
typedef struct ti_ring_state_t {
    apr_uint64_t tail;
    apr_uint64_t head;
    apr_uint64_t entries;
    apr_uint64_t bytes;     /* of the entries */
    apr_uint64_t evictions; /* of entries that had not expired */
    apr_uint64_t stores;
    apr_uint64_t repairs;
    apr_uint64_t spare;                  /* fills a cache line */
    apr_uint64_t ages[TI_RING_AGES + 2]; /* at eviction: a histogram by
                                            ti_ring_ages, those above, and the
                                            sum in microseconds */
    apr_uint64_t spare_too[4];
} ti_ring_state_t;

/* A handle of a ring, cheap to make. The table owns the memory. */
typedef struct ti_ring_t {
    ti_ring_state_t *state; /* the start of the ring */
    const ti_ring_layout_t *layout;
    const ti_checksum_t *checksum;
} ti_ring_t;

/* The longest walk through a bucket. A longer one means damaged memory. */
#define TI_RING_STEPS 64

#endif
