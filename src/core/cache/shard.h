/* SPDX-License-Identifier: Apache-2.0
 *
 * A part of the table: one lock for two rings. Each ring has its own space, so
 * a flood of inactive tokens evicts no active ones.
 */
#ifndef TI_SHARD_H
#define TI_SHARD_H

#include "base/lock.h"
#include "cache/ring.h"

/* The layout, equal for all shards of a table. */
typedef struct ti_shard_layout_t {
    apr_size_t size;           /* of a shard, bytes; a multiple of 64 */
    apr_size_t negative_at;    /* offset of the negative ring, bytes */
    ti_ring_layout_t positive; /* TI_KIND_CLAIMS, TI_KIND_DOCUMENT */
    ti_ring_layout_t negative; /* TI_KIND_INACTIVE */
    ti_checksum_t checksum;
} ti_shard_layout_t;

/* The head of a shard; the positive ring follows, then the negative one. */
typedef struct ti_shard_t {
    ti_lock_t lock;
    apr_uint64_t sequence __attribute__((aligned(64))); /* seqlock; odd: a
                                                           writer is active */
} __attribute__((aligned(64))) ti_shard_t;

/* The counters of the rings: positive, negative. */
#define TI_SHARD_RINGS 2
typedef struct ti_shard_count_t {
    ti_ring_state_t rings[TI_SHARD_RINGS];
} ti_shard_count_t;

/* Lookups of one fetch while a writer changes the shard. They take some
 * microseconds: longer than a store, far shorter than a question. */
#define TI_SHARD_LOOKS 100

/* Lay out a shard of `size` bytes: 7/8 for the positive ring. */
void ti_shard_lay(ti_shard_layout_t *layout, apr_size_t size);

/* Initialize a shard in zeroed memory. */
apr_status_t ti_shard_init(ti_shard_t *shard);

/* Find an entry without a lock. Nonzero: *entry is filled. */
int ti_shard_fetch(ti_entry_t *entry, ti_shard_t *shard,
                   const ti_shard_layout_t *layout, ti_search_t *search);

/* Take the lock, repair the shard if a writer died, write the image to its ring
 * and remove its key from the other ring. APR_EEXIST: one of the rings has a
 * newer answer. APR_ENOSPC: the image is too large for the ring. Any other
 * failure: the lock could not be taken. */
apr_status_t ti_shard_store(ti_shard_t *shard, const ti_shard_layout_t *layout,
                            const ti_cell_t *image, apr_time_t now);

/* Add the counters of this shard to *count. Takes no lock. */
void ti_shard_count(ti_shard_count_t *count, ti_shard_t *shard,
                    const ti_shard_layout_t *layout);

#endif
