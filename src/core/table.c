/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <string.h>

#include "key.h"
#include "shard.h"

#define MAGIC 0x54495442u /* "TITB" */
#define VERSION 1
#define SHARDS_MAX 64
#define SHARD_SIZE ((apr_size_t)1024 * 1024) /* a shard's, at least */
#define NEGATIVE_SHARE 8 /* one part in so many is for inactive tokens */

/* At the start of the memory. */
typedef struct header_t {
    apr_uint32_t magic;
    apr_uint32_t version;
    apr_uint64_t size;
    apr_uint64_t seed;
} __attribute__((aligned(64))) header_t;

/* Many shards of one size, for one sort of entries. */
typedef struct region_t {
    ti_shard_view_t shards[SHARDS_MAX];
    unsigned count; /* a power of two */
} region_t;

struct ti_table_t {
    region_t positive; /* active answers and documents */
    region_t negative; /* inactive answers */
    ti_cache_t cache;
};

static ti_table_t *lay_out(char *memory, apr_size_t size, apr_pool_t *p);
static void lay_out_region(region_t *region, char *memory, apr_size_t size,
                           apr_size_t bytes_per_bucket);
static apr_status_t init_locks(region_t *region);
static void seed(region_t *region, apr_uint64_t seed);
static const ti_shard_view_t *shard_of(const region_t *region,
                                       const ti_key_t *key);
static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p);
static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
static void add_stats(ti_table_stats_t *stats, const region_t *region);

apr_status_t ti_table_create(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p)
{
    header_t *header = memory;
    ti_table_t *made;
    apr_status_t rv;

    *table = NULL;
    if (size < TI_TABLE_SIZE_MIN) {
        return APR_EINVAL;
    }
    rv = ti_key_random(&header->seed, sizeof(header->seed));
    if (rv != APR_SUCCESS) {
        return rv;
    }
    made = lay_out(memory, size, p);
    rv = init_locks(&made->positive);
    if (rv == APR_SUCCESS) {
        rv = init_locks(&made->negative);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    header->size = size;
    header->version = VERSION;
    header->magic = MAGIC;
    *table = made;
    return APR_SUCCESS;
}

apr_status_t ti_table_attach(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p)
{
    const header_t *header = memory;

    *table = NULL;
    if (size < TI_TABLE_SIZE_MIN || header->magic != MAGIC ||
        header->version != VERSION || header->size != size) {
        return APR_EINVAL;
    }
    *table = lay_out(memory, size, p);
    return APR_SUCCESS;
}

ti_cache_t *ti_table_cache(ti_table_t *table)
{
    return &table->cache;
}

void ti_table_stats(const ti_table_t *table, ti_table_stats_t *stats)
{
    memset(stats, 0, sizeof(*stats));
    add_stats(stats, &table->positive);
    add_stats(stats, &table->negative);
}

static ti_table_t *lay_out(char *memory, apr_size_t size, apr_pool_t *p)
{
    const header_t *header = (const header_t *)(void *)memory;
    ti_table_t *table = apr_pcalloc(p, sizeof(*table));
    apr_size_t rest = size - sizeof(*header);
    apr_size_t negative = rest / NEGATIVE_SHARE / 64 * 64;
    char *start = memory + sizeof(*header);

    lay_out_region(&table->negative, start, negative, 128);
    lay_out_region(&table->positive, start + negative, rest - negative, 512);
    seed(&table->negative, header->seed);
    seed(&table->positive, header->seed);
    table->cache.fetch = fetch;
    table->cache.store = store;
    table->cache.self = table;
    return table;
}

/* As many shards as are not too small; in each: header, heads, ring. */
static void lay_out_region(region_t *region, char *memory, apr_size_t size,
                           apr_size_t bytes_per_bucket)
{
    apr_size_t each;
    apr_size_t buckets = 1;
    apr_size_t ring;
    unsigned i;

    region->count = 1;
    while (region->count < SHARDS_MAX &&
           size / (region->count * 2) >= SHARD_SIZE) {
        region->count *= 2;
    }
    each = size / region->count / 64 * 64;
    while (buckets * 2 * bytes_per_bucket <= each) {
        buckets *= 2;
    }
    ring = each - sizeof(ti_shard_t) - buckets * sizeof(apr_uint32_t);
    if (ring / 8 > APR_INT32_MAX) {
        ring = (apr_size_t)APR_INT32_MAX * 8;
    }
    for (i = 0; i < region->count; i++) {
        ti_shard_view_t *view = &region->shards[i];
        char *start = memory + i * each;

        view->shard = (ti_shard_t *)(void *)start;
        view->heads = (apr_uint32_t *)(void *)(start + sizeof(ti_shard_t));
        view->buckets = (apr_uint32_t)buckets;
        view->ring = (char *)(view->heads + buckets);
        view->units = (apr_uint32_t)(ring / 8);
    }
}

static apr_status_t init_locks(region_t *region)
{
    unsigned i;

    for (i = 0; i < region->count; i++) {
        apr_status_t rv = ti_lock_init(&region->shards[i].shard->lock);

        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    return APR_SUCCESS;
}

static void seed(region_t *region, apr_uint64_t value)
{
    unsigned i;

    for (i = 0; i < region->count; i++) {
        region->shards[i].seed = value;
    }
}

static const ti_shard_view_t *shard_of(const region_t *region,
                                       const ti_key_t *key)
{
    return &region->shards[key->bytes[0] & (region->count - 1)];
}

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p)
{
    ti_table_t *table = cache->self;
    apr_status_t rv;

    memset(entry, 0, sizeof(*entry));
    rv = ti_shard_fetch(shard_of(&table->positive, key), entry, key, now, p);
    if (rv == APR_SUCCESS) {
        return rv;
    }
    return ti_shard_fetch(shard_of(&table->negative, key), entry, key, now, p);
}

/* A key has at most one entry: what contradicts it goes first, so that no
 * reader finds an old yes once a no has been stored. */
static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p)
{
    ti_table_t *table = cache->self;
    int negative = entry->kind == TI_KIND_INACTIVE;
    const region_t *there = negative ? &table->negative : &table->positive;
    const region_t *other = negative ? &table->positive : &table->negative;

    ti_shard_forget(shard_of(other, key), key);
    return ti_shard_store(shard_of(there, key), key, entry, now, p);
}

static void add_stats(ti_table_stats_t *stats, const region_t *region)
{
    unsigned i;

    for (i = 0; i < region->count; i++) {
        const ti_shard_t *shard = region->shards[i].shard;

        stats->entries += __atomic_load_n(&shard->entries, __ATOMIC_RELAXED);
        stats->bytes += __atomic_load_n(&shard->bytes, __ATOMIC_RELAXED);
        stats->stores += __atomic_load_n(&shard->stores, __ATOMIC_RELAXED);
        stats->evictions +=
            __atomic_load_n(&shard->evictions, __ATOMIC_RELAXED);
        stats->repairs += __atomic_load_n(&shard->repairs, __ATOMIC_RELAXED);
        stats->capacity += (apr_uint64_t)region->shards[i].units * 8;
    }
}
