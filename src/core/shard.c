/* SPDX-License-Identifier: Apache-2.0 */
#include "shard.h"

#include <string.h>

#include "ring.h"

#define CHAIN_MAX 64 /* records of one bucket that a probe looks at */
#define RETRIES 8    /* when a record changed while it was read */

static apr_status_t probe(const ti_shard_view_t *view, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p);
static apr_status_t copy_out(const ti_shard_view_t *view, ti_entry_t *entry,
                             const ti_record_t *record, const ti_key_t *key,
                             apr_pool_t *p);
static int is_key(const ti_record_t *record, const ti_key_t *key);
static ti_record_t *prepare(const ti_shard_view_t *view, const ti_key_t *key,
                            const ti_entry_t *entry, apr_pool_t *p);
static int take_lock(const ti_shard_view_t *view);

apr_size_t ti_shard_overhead(void)
{
    return sizeof(ti_record_t);
}

apr_status_t ti_shard_fetch(const ti_shard_view_t *view, ti_entry_t *entry,
                            const ti_key_t *key, apr_time_t now, apr_pool_t *p)
{
    apr_status_t rv = APR_EAGAIN;
    int i;

    for (i = 0; i < RETRIES && rv == APR_EAGAIN; i++) {
        apr_uint64_t version =
            __atomic_load_n(&view->shard->version, __ATOMIC_ACQUIRE);

        rv = probe(view, entry, key, now, p);
        if (rv == APR_NOTFOUND &&
            version !=
                __atomic_load_n(&view->shard->version, __ATOMIC_ACQUIRE)) {
            rv = APR_EAGAIN; /* it may have been moved from under us */
        }
    }
    return rv == APR_SUCCESS ? rv : APR_NOTFOUND;
}

apr_status_t ti_shard_store(const ti_shard_view_t *view, const ti_key_t *key,
                            const ti_entry_t *entry, apr_time_t now,
                            apr_pool_t *p)
{
    const ti_record_t *record;

    if (entry->size > TI_ENTRY_MAX ||
        ti_ring_units((apr_uint32_t)entry->size) > view->units / 4) {
        ti_shard_forget(view, key);
        return APR_ENOSPC;
    }
    record = prepare(view, key, entry, p);
    if (!take_lock(view)) {
        return APR_EGENERAL;
    }
    ti_ring_remove(view, key);
    ti_ring_append(view, record, now);
    ti_lock_give(&view->shard->lock);
    return APR_SUCCESS;
}

void ti_shard_forget(const ti_shard_view_t *view, const ti_key_t *key)
{
    if (take_lock(view)) {
        ti_ring_remove(view, key);
        ti_lock_give(&view->shard->lock);
    }
}

static apr_status_t probe(const ti_shard_view_t *view, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p)
{
    apr_uint32_t offset =
        __atomic_load_n(ti_ring_bucket(view, key), __ATOMIC_ACQUIRE);
    int steps;

    for (steps = 0; offset != 0 && steps < CHAIN_MAX; steps++) {
        ti_record_t *record;
        apr_status_t rv;

        if (offset - 1 > view->units - ti_ring_units(0)) {
            return APR_EAGAIN;
        }
        record = ti_ring_record(view, offset - 1);
        if (!is_key(record, key)) {
            offset = __atomic_load_n(&record->next, __ATOMIC_ACQUIRE);
            continue;
        }
        if (now >= TI_LOAD(record->expires)) {
            return APR_NOTFOUND;
        }
        rv = copy_out(view, entry, record, key, p);
        if (rv == APR_SUCCESS && TI_LOAD(record->used) == 0) {
            apr_uint32_t unused = 0;

            /* not a plain store: a writer may be marking it dead */
            __atomic_compare_exchange_n(&record->used, &unused, 1, 0,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        }
        return rv;
    }
    return APR_NOTFOUND;
}

/* Copy, and compute the check over what was copied: nothing that changes in
 * the ring afterwards matters any more. */
static apr_status_t copy_out(const ti_shard_view_t *view, ti_entry_t *entry,
                             const ti_record_t *record, const ti_key_t *key,
                             apr_pool_t *p)
{
    const apr_uint64_t *words = (const apr_uint64_t *)(const void *)record;
    apr_uint64_t header[sizeof(ti_record_t) / 8];
    const ti_record_t *copied = (const ti_record_t *)(const void *)header;
    apr_uint64_t sum = view->seed;
    apr_uint64_t *payload;
    apr_size_t count;
    apr_size_t i;

    header[0] = __atomic_load_n(&words[0], __ATOMIC_ACQUIRE);
    for (i = TI_RECORD_CHECKED / 8; i < sizeof(ti_record_t) / 8; i++) {
        header[i] = TI_LOAD(words[i]);
        sum = ti_record_mix(sum, header[i]);
    }
    count = (copied->size + 7) / 8;
    if (copied->size > TI_ENTRY_MAX ||
        (apr_size_t)((const char *)record - view->ring) + sizeof(*record) +
                count * 8 >
            (apr_size_t)view->units * TI_RECORD_UNIT) {
        return APR_EAGAIN;
    }

    payload = apr_palloc(p, count * 8 + 8);
    words += sizeof(ti_record_t) / 8;
    for (i = 0; i < count; i++) {
        payload[i] = TI_LOAD(words[i]);
        sum = ti_record_mix(sum, payload[i]);
    }
    if (sum != copied->check || memcmp(&copied->key, key, sizeof(*key)) != 0 ||
        TI_LOAD(record->used) == TI_RECORD_DEAD) {
        return APR_EAGAIN;
    }
    entry->kind = (ti_kind_t)copied->kind;
    entry->answered = copied->answered;
    entry->expires = copied->expires;
    entry->bytes = payload;
    entry->size = copied->size;
    return APR_SUCCESS;
}

static int is_key(const ti_record_t *record, const ti_key_t *key)
{
    const apr_uint64_t *there =
        (const apr_uint64_t *)(const void *)record->key.bytes;
    apr_uint64_t here[TI_KEY_SIZE / 8];

    memcpy(here, key->bytes, sizeof(here));
    return TI_LOAD(there[0]) == here[0] && TI_LOAD(there[1]) == here[1] &&
           TI_LOAD(there[2]) == here[2] && TI_LOAD(there[3]) == here[3];
}

/* The whole record in the caller's memory, before any lock. */
static ti_record_t *prepare(const ti_shard_view_t *view, const ti_key_t *key,
                            const ti_entry_t *entry, apr_pool_t *p)
{
    apr_size_t units = ti_ring_units((apr_uint32_t)entry->size);
    ti_record_t *record = apr_pcalloc(p, units * TI_RECORD_UNIT);
    const apr_uint64_t *words = (const apr_uint64_t *)(const void *)record;
    apr_uint64_t sum = view->seed;
    apr_size_t i;

    record->size = (apr_uint32_t)entry->size;
    record->kind = (apr_uint32_t)entry->kind;
    record->answered = entry->answered;
    record->expires = entry->expires;
    record->key = *key;
    if (entry->size > 0) {
        memcpy(record + 1, entry->bytes, entry->size);
    }
    for (i = TI_RECORD_CHECKED / 8; i < units; i++) {
        sum = ti_record_mix(sum, words[i]);
    }
    record->check = sum;
    return record;
}

static int take_lock(const ti_shard_view_t *view)
{
    apr_status_t rv = ti_lock_take(&view->shard->lock);

    if (rv == APR_INCOMPLETE) {
        ti_ring_mend(view);
    }
    return rv == APR_SUCCESS || rv == APR_INCOMPLETE;
}
