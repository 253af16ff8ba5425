/* SPDX-License-Identifier: Apache-2.0
 *
 * The ring of a shard and its index, for writers that hold the shard's lock.
 */
#ifndef TI_RING_H
#define TI_RING_H

#include "shard.h"

/* In the ring. `next` and `used` change later and are outside the check. */
typedef struct ti_record_t {
    apr_uint64_t check;
    apr_uint32_t next;
    apr_uint32_t used; /* 1 since it was read; TI_RECORD_DEAD */
    apr_uint32_t size; /* of the payload, bytes */
    apr_uint32_t kind;
    apr_int64_t answered;
    apr_int64_t expires;
    ti_key_t key;
} ti_record_t;

#define TI_RECORD_DEAD 2
#define TI_RECORD_UNIT 8
#define TI_RECORD_CHECKED 16 /* bytes of the header in front of the checked */

#define TI_LOAD(word) __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define TI_STORE(word, value)                                                  \
    __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

/* One step of the check. Not cryptography: it finds what tore, and where it
 * begins is secret. */
static inline apr_uint64_t ti_record_mix(apr_uint64_t sum, apr_uint64_t word)
{
    sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
    return sum ^ (sum >> 29);
}

/* The units that a record with `size` bytes of payload takes. */
apr_uint32_t ti_ring_units(apr_uint32_t size);

/* The record at a place of the ring. */
ti_record_t *ti_ring_record(const ti_shard_view_t *view, apr_uint32_t at);

/* Write a prepared record behind all others, after making room for it, and
 * put it into the index. */
void ti_ring_append(const ti_shard_view_t *view, const ti_record_t *record,
                    apr_time_t now);

/* Take a key's record, if there is one, out of the index. */
void ti_ring_remove(const ti_shard_view_t *view, const ti_key_t *key);

/* A writer died: build index and counters anew from what is in the ring. */
void ti_ring_mend(const ti_shard_view_t *view);

/* The bucket of a key. */
apr_uint32_t *ti_ring_bucket(const ti_shard_view_t *view, const ti_key_t *key);

#endif
