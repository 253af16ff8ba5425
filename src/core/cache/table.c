/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/table.h"

#include <string.h>

#include <apr_general.h>

#include "cache/shard.h"

/* The bytes "ti-table", and a number that changes with the layout. */
#define MAGIC APR_UINT64_C(0x656c6261742d6974)
#define VERSION 4

/* A table is divided into shards, which keeps repairs short, but into none
 * smaller than this: its positive ring has 1 MiB, enough for several of the
 * largest entries. */
#define SHARD_SIZE_MIN ((apr_size_t)1024 * 1024 * 8 / 7)

typedef struct header_t {
    apr_uint64_t magic; /* written last */
    apr_uint32_t version;
    apr_uint32_t shards;
    apr_uint64_t size;
    ti_checksum_t checksum;
} __attribute__((aligned(64))) header_t;

/* The handle, which never changes once it is made. */
struct ti_table_t {
    ti_cache_t cache;
    char *shards;
    apr_uint32_t count; /* a power of 2 */
    ti_shard_layout_t layout;
};

static apr_status_t open_handle(ti_table_t **table, void *memory,
                                apr_size_t size, apr_pool_t *p);
static apr_status_t initialize(ti_table_t *table, header_t *header,
                               apr_size_t size);
static int is_ours(const ti_table_t *table, const header_t *header,
                   apr_size_t size);
static ti_shard_t *shard_at(const ti_table_t *table, apr_uint32_t i);
static ti_shard_t *shard_for(const ti_table_t *table, const apr_uint64_t *key);
static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const struct ti_key_t *key, apr_time_t now,
                          apr_pool_t *p);
static apr_status_t store(ti_cache_t *cache, const struct ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
static int well_formed(const ti_entry_t *entry);

apr_status_t ti_table_create(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p)
{
    apr_status_t rv = open_handle(table, memory, size, p);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = initialize(*table, memory, size);
    if (rv != APR_SUCCESS) {
        *table = NULL;
    }
    return rv;
}

apr_status_t ti_table_attach(ti_table_t **table, void *memory, apr_size_t size,
                             apr_pool_t *p)
{
    const header_t *header = memory;
    apr_status_t rv = open_handle(table, memory, size, p);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (!is_ours(*table, header, size)) {
        *table = NULL;
        return APR_EINVAL;
    }
    (*table)->layout.checksum = header->checksum;
    return APR_SUCCESS;
}

ti_cache_t *ti_table_cache(ti_table_t *table)
{
    return &table->cache;
}

void ti_table_space(const ti_table_t *table, ti_space_t space,
                    ti_table_stats_t *stats)
{
    const ti_ring_layout_t *layout = space == TI_SPACE_ACTIVE
                                         ? &table->layout.positive
                                         : &table->layout.negative;
    ti_shard_count_t count = {0};
    const ti_ring_state_t *ring = &count.rings[space];
    apr_uint32_t i;

    for (i = 0; i < table->count; i++) {
        ti_shard_count(&count, shard_at(table, i), &table->layout);
    }

    stats->entries = ring->entries;
    stats->bytes = ring->bytes;
    stats->capacity = table->count * (apr_uint64_t)layout->room * 8;
    stats->stores = ring->stores;
    stats->evictions = ring->evictions;
    stats->repairs = ring->repairs;
    memcpy(stats->ages, ring->ages, sizeof(stats->ages));
}

void ti_table_stats(const ti_table_t *table, ti_table_stats_t *stats)
{
    ti_table_stats_t inactive;
    int i;

    ti_table_space(table, TI_SPACE_ACTIVE, stats);
    ti_table_space(table, TI_SPACE_INACTIVE, &inactive);
    stats->entries += inactive.entries;
    stats->bytes += inactive.bytes;
    stats->capacity += inactive.capacity;
    stats->stores += inactive.stores;
    stats->evictions += inactive.evictions;
    stats->repairs += inactive.repairs;
    for (i = 0; i < TI_RING_AGES + 2; i++) {
        stats->ages[i] += inactive.ages[i];
    }
}

static apr_status_t open_handle(ti_table_t **table, void *memory,
                                apr_size_t size, apr_pool_t *p)
{
    apr_size_t body = size - sizeof(header_t);
    ti_table_t *made;

    *table = NULL;
    if (size < TI_TABLE_SIZE_MIN || (apr_uintptr_t)memory % 64 != 0) {
        return APR_EINVAL;
    }

    made = apr_pcalloc(p, sizeof(*made));
    made->cache.fetch = fetch;
    made->cache.store = store;
    made->cache.self = made;
    made->shards = (char *)memory + sizeof(header_t);
    made->count = 1;
    while (body / made->count / 2 >= SHARD_SIZE_MIN) {
        made->count *= 2;
    }
    ti_shard_lay(&made->layout, body / made->count & ~(apr_size_t)63);
    *table = made;
    return APR_SUCCESS;
}

static apr_status_t initialize(ti_table_t *table, header_t *header,
                               apr_size_t size)
{
    ti_checksum_t *checksum = &table->layout.checksum;
    apr_status_t rv = APR_SUCCESS;
    apr_uint32_t i;

    for (i = 0; rv == APR_SUCCESS && i < table->count; i++) {
        rv = ti_shard_init(shard_at(table, i));
    }
    if (rv == APR_SUCCESS) {
        rv = apr_generate_random_bytes((unsigned char *)checksum,
                                       sizeof(*checksum));
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }

    header->version = VERSION;
    header->shards = table->count;
    header->size = size;
    header->checksum = *checksum;
    TI_STORE(header->magic, MAGIC);
    return APR_SUCCESS;
}

static int is_ours(const ti_table_t *table, const header_t *header,
                   apr_size_t size)
{
    apr_uint32_t i;

    if (TI_LOAD(header->magic) != MAGIC || header->version != VERSION ||
        header->shards != table->count || header->size != size) {
        return 0;
    }
    for (i = 0; i < table->count; i++) {
        if (!ti_lock_plausible(&shard_at(table, i)->lock)) {
            return 0;
        }
    }
    return 1;
}

static ti_shard_t *shard_at(const ti_table_t *table, apr_uint32_t i)
{
    return (ti_shard_t *)(table->shards + i * table->layout.size);
}

/* Uses other bits of the key than the choice of the bucket. */
static ti_shard_t *shard_for(const ti_table_t *table, const apr_uint64_t *key)
{
    return shard_at(table, (apr_uint32_t)key[1] & (table->count - 1));
}

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const struct ti_key_t *key, apr_time_t now,
                          apr_pool_t *p)
{
    ti_table_t *table = cache->self;
    ti_search_t search = {0};

    memcpy(search.key, key->bytes, sizeof(search.key));
    search.now = now;
    search.p = p;
    memset(entry, 0, sizeof(*entry));
    return ti_shard_fetch(entry, shard_for(table, search.key), &table->layout,
                          &search)
               ? APR_SUCCESS
               : APR_NOTFOUND;
}

static apr_status_t store(ti_cache_t *cache, const struct ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p)
{
    ti_table_t *table = cache->self;
    const ti_cell_t *image;

    if (!well_formed(entry)) {
        return APR_EINVAL;
    }
    if (entry->size > TI_ENTRY_MAX) {
        return APR_ENOSPC;
    }

    /* The slow part, before the lock is taken. */
    image = ti_cell_make(key, entry, &table->layout.checksum, p);
    return ti_shard_store(shard_for(table, image->key), &table->layout, image,
                          now);
}

static int well_formed(const ti_entry_t *entry)
{
    switch (entry->kind) {
    case TI_KIND_CLAIMS:
    case TI_KIND_DOCUMENT:
        return entry->size == 0 || entry->bytes != NULL;
    case TI_KIND_INACTIVE:
        return entry->size == 0;
    default:
        return 0;
    }
}
