/* SPDX-License-Identifier: Apache-2.0
 *
 * A part of the table: one lock, and under it two rings that never take room
 * from each other, so that a flood of "inactive" pushes out nothing good.
 */
#ifndef TI_SHARD_H
#define TI_SHARD_H

#include "base/lock.h"
#include "cache/ring.h"

/* Where things lie, the same for all shards of a table. */
typedef struct ti_shard_layout_t {
    apr_size_t size;           /* of a shard, bytes; a multiple of 64 */
    apr_size_t negative_at;    /* where the negative ring begins */
    ti_ring_layout_t positive; /* TI_KIND_CLAIMS, TI_KIND_DOCUMENT */
    ti_ring_layout_t negative; /* TI_KIND_INACTIVE */
    ti_checksum_t checksum;
} ti_shard_layout_t;

/* The head of a shard; the positive ring follows, then the negative one. */
typedef struct ti_shard_t {
    ti_lock_t lock;
    apr_uint64_t sequence __attribute__((aligned(64))); /* seqlock; odd: being
                                                           changed */
} __attribute__((aligned(64))) ti_shard_t;

/* What the rings of a shard count: positive, negative. */
#define TI_SHARD_RINGS 2
typedef struct ti_shard_count_t {
    ti_ring_state_t rings[TI_SHARD_RINGS];
} ti_shard_count_t;

/* How often a reader looks again while a writer changes the shard: some
 * microseconds, longer than a store takes, and far shorter than a question. */
#define TI_SHARD_LOOKS 100

/* Lay out a shard of `size` bytes: 7/8 for the positive ring. */
void ti_shard_lay(ti_shard_layout_t *layout, apr_size_t size);

/* Make a shard of zeroed memory. */
apr_status_t ti_shard_init(ti_shard_t *shard);

/* Find an entry without a lock. Nonzero: *entry is filled. */
int ti_shard_fetch(ti_entry_t *entry, ti_shard_t *shard,
                   const ti_shard_layout_t *layout, ti_search_t *search);

/* Take the lock; repair what a dead writer left; put the image into its ring
 * and take its key out of the other, unless one of them has a newer answer
 * (APR_EEXIST). Fails only when the lock cannot be taken, or, with APR_ENOSPC,
 * for an image too large for the shard. */
apr_status_t ti_shard_store(ti_shard_t *shard, const ti_shard_layout_t *layout,
                            const ti_cell_t *image, apr_time_t now);

/* Add the counters of this shard, without a lock. */
void ti_shard_count(ti_shard_count_t *count, ti_shard_t *shard,
                    const ti_shard_layout_t *layout);

#endif
