/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/shard.h"

#include "base/sanitizer.h"

/* Bytes of a ring for each of its buckets. */
#define POSITIVE_SPREAD 512
#define NEGATIVE_SPREAD 128

static ti_ring_t positive_of(ti_shard_t *shard,
                             const ti_shard_layout_t *layout);
static ti_ring_t negative_of(ti_shard_t *shard,
                             const ti_shard_layout_t *layout);
static apr_status_t replace(const ti_ring_t *ring, const ti_ring_t *other,
                            const ti_cell_t *image, apr_time_t now);
static void count_ring(ti_ring_state_t *count, const ti_ring_t *ring);
static void after_payload(void);

void ti_shard_lay(ti_shard_layout_t *layout, apr_size_t size)
{
    apr_size_t rings = size - sizeof(ti_shard_t);
    apr_size_t negative = rings / 8 & ~(apr_size_t)63;

    layout->size = size;
    layout->negative_at = size - negative;
    ti_ring_lay(&layout->positive, rings - negative, POSITIVE_SPREAD);
    ti_ring_lay(&layout->negative, negative, NEGATIVE_SPREAD);
}

apr_status_t ti_shard_init(ti_shard_t *shard)
{
    return ti_lock_init(&shard->lock);
}

int ti_shard_fetch(ti_entry_t *entry, ti_shard_t *shard,
                   const ti_shard_layout_t *layout, ti_search_t *search)
{
    ti_ring_t positive = positive_of(shard, layout);
    ti_ring_t negative = negative_of(shard, layout);
    apr_uint64_t before = 1;
    apr_uint64_t sequence;
    int i;

    /* A hit is always valid; a miss only if no writer was active. */
    for (i = 0; i < TI_SHARD_LOOKS; i++) {
        if (ti_ring_fetch(entry, &positive, search) ||
            ti_ring_fetch(entry, &negative, search)) {
            return 1;
        }
        after_payload();
        sequence = TI_LOAD(shard->sequence);
        if (sequence == before && (sequence & 1) == 0) {
            return 0;
        }
        before = sequence;
    }
    return 0;
}

apr_status_t ti_shard_store(ti_shard_t *shard, const ti_shard_layout_t *layout,
                            const ti_cell_t *image, apr_time_t now)
{
    ti_ring_t positive = positive_of(shard, layout);
    ti_ring_t negative = negative_of(shard, layout);
    int no = ti_cell_kind(image->span) == TI_KIND_INACTIVE;
    const ti_ring_t *ring = no ? &negative : &positive;
    apr_status_t done;
    apr_status_t rv;

    if (ti_cell_units(image->span) > ring->layout->room / TI_RING_PARTS) {
        return APR_ENOSPC;
    }
    rv = ti_lock_take(&shard->lock);
    if (rv != APR_SUCCESS && rv != APR_INCOMPLETE) {
        return rv;
    }

    TI_STORE(shard->sequence, TI_LOAD(shard->sequence) | 1);
    if (rv == APR_INCOMPLETE) {
        ti_ring_repair(&positive);
        ti_ring_repair(&negative);
    }
    done = replace(ring, no ? &positive : &negative, image, now);
    ti_ring_note(ring, done != APR_EEXIST,
                 rv == APR_INCOMPLETE || done == APR_INCOMPLETE);
    TI_STORE(shard->sequence, TI_LOAD(shard->sequence) + 1);
    ti_lock_give(&shard->lock);
    return done == APR_EEXIST ? done : APR_SUCCESS;
}

void ti_shard_count(ti_shard_count_t *count, ti_shard_t *shard,
                    const ti_shard_layout_t *layout)
{
    ti_ring_t positive = positive_of(shard, layout);
    ti_ring_t negative = negative_of(shard, layout);

    count_ring(&count->rings[0], &positive);
    count_ring(&count->rings[1], &negative);
}

static ti_ring_t positive_of(ti_shard_t *shard, const ti_shard_layout_t *layout)
{
    ti_ring_t ring;

    ring.state = (ti_ring_state_t *)(shard + 1);
    ring.layout = &layout->positive;
    ring.checksum = &layout->checksum;
    return ring;
}

static ti_ring_t negative_of(ti_shard_t *shard, const ti_shard_layout_t *layout)
{
    ti_ring_t ring;

    ring.state = (ti_ring_state_t *)((char *)shard + layout->negative_at);
    ring.layout = &layout->negative;
    ring.checksum = &layout->checksum;
    return ring;
}

/* The opposite answer goes first: a writer that is killed in between leaves no
 * answer rather than two. */
static apr_status_t replace(const ti_ring_t *ring, const ti_ring_t *other,
                            const ti_cell_t *image, apr_time_t now)
{
    if (ti_ring_newer(ring, image) || ti_ring_newer(other, image)) {
        return APR_EEXIST;
    }
    ti_ring_drop(other, image->key);
    return ti_ring_insert(ring, image, now);
}

static void count_ring(ti_ring_state_t *count, const ti_ring_t *ring)
{
    const ti_ring_state_t *state = ring->state;
    int i;

    count->entries += TI_LOAD(state->entries);
    count->bytes += TI_LOAD(state->bytes);
    count->evictions += TI_LOAD(state->evictions);
    count->stores += TI_LOAD(state->stores);
    count->repairs += TI_LOAD(state->repairs);
    for (i = 0; i < TI_RING_AGES + 2; i++) {
        count->ages[i] += TI_LOAD(state->ages[i]);
    }
}

/* The bytes of a cell are read without ordering. Where loads can be reordered
 * (arm64, POWER), `sequence` could be read before them, and a cell that a
 * writer tore in between would count as a miss. No instruction on x86. */
static void after_payload(void)
{
#if !TI_SANITIZER_THREAD
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
}
