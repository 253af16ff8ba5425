/* SPDX-License-Identifier: Apache-2.0
 *
 * A table under test, and entries whose content follows from key and version.
 */
#ifndef T_ENTRIES_H
#define T_ENTRIES_H

#include <string.h>
#include <sys/mman.h>

#include "base/key.h"
#include "cache/table.h"

#define MIB ((apr_size_t)1024 * 1024)
#define NOW apr_time_from_sec(1700000000)
#define LATER (NOW + apr_time_from_sec(60))

/* The key of number n: bits as good as random. */
static inline ti_key_t key_of(apr_uint64_t n)
{
    ti_key_t key;
    apr_uint64_t state = n;
    apr_uint64_t word;
    apr_size_t i;

    for (i = 0; i < sizeof(key.bytes); i += 8) {
        state += APR_UINT64_C(0x9e3779b97f4a7c15);
        word = (state ^ (state >> 30)) * APR_UINT64_C(0xbf58476d1ce4e5b9);
        word = (word ^ (word >> 27)) * APR_UINT64_C(0x94d049bb133111eb);
        word ^= word >> 31;
        memcpy(key.bytes + i, &word, 8);
    }
    return key;
}

/* Byte i of version v of number n. */
static inline unsigned char byte_of(apr_uint64_t n, apr_uint64_t version,
                                    apr_size_t i)
{
    apr_uint64_t word = (n * 1000003 + version) * 1000033 + i / 8;

    word *= APR_UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned char)(word >> (8 * (i % 8)));
}

static inline void fill(unsigned char *bytes, apr_size_t size, apr_uint64_t n,
                        apr_uint64_t version)
{
    apr_size_t i;

    for (i = 0; i < size; i++) {
        bytes[i] = byte_of(n, version, i);
    }
}

/* Are these bytes all of version v of number n? */
static inline int holds(const ti_entry_t *entry, apr_size_t size,
                        apr_uint64_t n, apr_uint64_t version)
{
    const unsigned char *bytes = entry->bytes;
    apr_size_t i;

    if (entry->size != size) {
        return 0;
    }
    for (i = 0; i < size; i++) {
        if (bytes[i] != byte_of(n, version, i)) {
            return 0;
        }
    }
    return 1;
}

/* Store version v of number n, answered so many microseconds after NOW. */
static inline apr_status_t put(ti_table_t *table, apr_uint64_t n,
                               apr_uint64_t version, apr_size_t size,
                               apr_pool_t *p)
{
    ti_cache_t *cache = ti_table_cache(table);
    ti_key_t key = key_of(n);
    ti_entry_t entry = {0};
    unsigned char *bytes = apr_palloc(p, size + 1);

    fill(bytes, size, n, version);
    entry.kind = TI_KIND_CLAIMS;
    entry.answered = NOW + (apr_time_t)version;
    entry.expires = LATER;
    entry.bytes = bytes;
    entry.size = size;
    return cache->store(cache, &key, &entry, NOW, p);
}

static inline apr_status_t put_inactive(ti_table_t *table, apr_uint64_t n,
                                        apr_uint64_t version, apr_pool_t *p)
{
    ti_cache_t *cache = ti_table_cache(table);
    ti_key_t key = key_of(n);
    ti_entry_t entry = {0};

    entry.kind = TI_KIND_INACTIVE;
    entry.answered = NOW + (apr_time_t)version;
    entry.expires = LATER;
    return cache->store(cache, &key, &entry, NOW, p);
}

static inline apr_status_t get(ti_entry_t *entry, ti_table_t *table,
                               apr_uint64_t n, apr_pool_t *p)
{
    ti_cache_t *cache = ti_table_cache(table);
    ti_key_t key = key_of(n);

    return cache->fetch(cache, entry, &key, NOW, p);
}

/* The sequences of races: odd versions say inactive, even ones are claims
 * whose size changes. */
static inline apr_size_t size_in_sequence(apr_uint64_t version)
{
    return 100 + version * 61 % 3000;
}

static inline apr_status_t put_in_sequence(ti_table_t *table, apr_uint64_t n,
                                           apr_uint64_t version, apr_pool_t *p)
{
    return version % 2 == 1
               ? put_inactive(table, n, version, p)
               : put(table, n, version, size_in_sequence(version), p);
}

/* Is this entry whole, and what its version says? */
static inline int right_in_sequence(const ti_entry_t *entry, apr_uint64_t n)
{
    apr_uint64_t version = (apr_uint64_t)(entry->answered - NOW);

    if (version % 2 == 1) {
        return entry->kind == TI_KIND_INACTIVE && entry->size == 0;
    }
    return entry->kind == TI_KIND_CLAIMS &&
           holds(entry, size_in_sequence(version), n, version);
}

/* Memory that forks share. */
static inline void *shared_memory(apr_size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

#endif
