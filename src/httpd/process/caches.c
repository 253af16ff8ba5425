/* SPDX-License-Identifier: Apache-2.0 */
#include "process/caches.h"

#include <string.h>

#include "cache/table.h"
#include "cache/tiers.h"
#include "config/config.h"
#include "process/region.h"
#include "store/socache.h"

/* Of this generation: made in post_config, inherited by the children. */
static ti_table_t *table;

static void *aligned(apr_shm_t *memory);
static void open_tiers(ti_cache_t **cache, ti_cache_t **shared,
                       const ti_world_t *world, const ti_seal_t *seal,
                       apr_pool_t *p);

/* A table of the same size keeps its answers. With another size a new table
 * starts empty, and children of the old generation keep the one that they have
 * inherited. */
apr_status_t mai_caches_open(mai_caches_t *kept, apr_size_t size,
                             apr_pool_t *forever, apr_pool_t *pconf)
{
    void *memory;
    apr_status_t rv;

    if (kept->table != NULL && kept->size != size) {
        apr_shm_destroy(kept->table);
        kept->table = NULL;
    }
    kept->size = size;
    table = NULL;
    if (size == 0) {
        return APR_SUCCESS;
    }
    if (kept->table != NULL) {
        memory = aligned(kept->table);
        if (ti_table_attach(&table, memory, size, pconf) == APR_SUCCESS) {
            return APR_SUCCESS;
        }
        memset(memory, 0, size);
        return ti_table_create(&table, memory, size, pconf);
    }
    rv = mai_region_create(&kept->table, size + 64, forever);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    memory = aligned(kept->table);
    return ti_table_create(&table, memory, size, pconf);
}

apr_status_t mai_caches_child(ti_world_t *world, const mai_seals_t *seals,
                              apr_pool_t *p)
{
    mai_socache_t *socache = mai_config_cache()->socache;
    apr_status_t rv;

    world->cache = table != NULL ? ti_table_cache(table) : NULL;
    world->shared = NULL;
    world->former = NULL;
    world->former_shared = NULL;
    if (socache == NULL) {
        return APR_SUCCESS;
    }
    rv = mai_socache_child(socache, p);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    open_tiers(&world->cache, &world->shared, world, seals->current, p);
    if (seals->former != NULL) {
        open_tiers(&world->former, &world->former_shared, world, seals->former,
                   p);
    }
    return APR_SUCCESS;
}

/* The table in front of the store, with the entry names of this seal. */
static void open_tiers(ti_cache_t **cache, ti_cache_t **shared,
                       const ti_world_t *world, const ti_seal_t *seal,
                       apr_pool_t *p)
{
    mai_socache_t *socache = mai_config_cache()->socache;
    ti_cache_t *front = table != NULL ? ti_table_cache(table) : NULL;
    ti_cache_t *back = mai_socache_cache(socache, seal, world, p);

    *shared = mai_socache_is_local(socache) ? NULL : mai_socache_own(back, p);
    *cache = front != NULL ? ti_tiers_cache(front, back, p) : back;
}

const ti_table_t *mai_caches_table(void)
{
    return table;
}

static void *aligned(apr_shm_t *memory)
{
    return (void *)APR_ALIGN((apr_uintptr_t)apr_shm_baseaddr_get(memory), 64);
}
