/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/tiers.h"

typedef struct tiers_t {
    ti_cache_t *front;
    ti_cache_t *back;
} tiers_t;

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const struct ti_key_t *key, apr_time_t now,
                          apr_pool_t *p);
static apr_status_t fetch_local(ti_cache_t *cache, ti_entry_t *entry,
                                const struct ti_key_t *key, apr_time_t now,
                                apr_pool_t *p);
static apr_status_t store(ti_cache_t *cache, const struct ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
static apr_status_t fetch_younger(ti_cache_t *cache, ti_entry_t *entry,
                                  const struct ti_key_t *key, apr_time_t now,
                                  apr_pool_t *p);
static apr_status_t hold_inactive(const tiers_t *tiers,
                                  const struct ti_key_t *key,
                                  const ti_entry_t *entry, apr_time_t now,
                                  apr_pool_t *p);

ti_cache_t *ti_tiers_cache(ti_cache_t *front, ti_cache_t *back, apr_pool_t *p)
{
    ti_cache_t *cache = apr_pcalloc(p, sizeof(*cache));
    tiers_t *tiers = apr_pcalloc(p, sizeof(*tiers));

    tiers->front = front;
    tiers->back = back;
    cache->fetch = fetch;
    cache->fetch_local = fetch_local;
    cache->store = store;
    cache->fetch_younger = fetch_younger;
    cache->self = tiers;
    return cache;
}

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const struct ti_key_t *key, apr_time_t now,
                          apr_pool_t *p)
{
    tiers_t *tiers = cache->self;
    apr_status_t rv = tiers->front->fetch(tiers->front, entry, key, now, p);

    if (rv == APR_SUCCESS) {
        return rv;
    }
    rv = tiers->back->fetch(tiers->back, entry, key, now, p);
    if (rv != APR_SUCCESS) {
        return rv;
    }

    /* The front may have a newer answer: for example a revocation that could
     * not be stored behind, or that another machine has overwritten there. */
    rv = tiers->front->store(tiers->front, key, entry, now, p);
    return rv == APR_EEXIST
               ? tiers->front->fetch(tiers->front, entry, key, now, p)
               : APR_SUCCESS;
}

static apr_status_t fetch_local(ti_cache_t *cache, ti_entry_t *entry,
                                const struct ti_key_t *key, apr_time_t now,
                                apr_pool_t *p)
{
    const tiers_t *tiers = cache->self;

    return tiers->front->fetch(tiers->front, entry, key, now, p);
}

static apr_status_t store(ti_cache_t *cache, const struct ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p)
{
    tiers_t *tiers = cache->self;
    apr_status_t rv = tiers->front->store(tiers->front, key, entry, now, p);
    apr_status_t behind;

    if (rv == APR_EEXIST) {
        return rv;
    }
    behind = tiers->back->store(tiers->back, key, entry, now, p);
    if (behind != APR_SUCCESS && entry->kind == TI_KIND_INACTIVE) {
        rv = hold_inactive(tiers, key, entry, now, p);
    }
    return rv != APR_SUCCESS ? rv : behind;
}

/* Another machine may have learned of a revocation since. The front keeps its
 * entry if that is younger still. */
static apr_status_t fetch_younger(ti_cache_t *cache, ti_entry_t *entry,
                                  const struct ti_key_t *key, apr_time_t now,
                                  apr_pool_t *p)
{
    const tiers_t *tiers = cache->self;
    ti_entry_t other;
    apr_status_t rv = tiers->back->fetch(tiers->back, &other, key, now, p);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (other.answered <= entry->answered) {
        return APR_NOTFOUND;
    }
    *entry = other;
    if (tiers->front->store(tiers->front, key, &other, now, p) == APR_EEXIST &&
        tiers->front->fetch(tiers->front, &other, key, now, p) == APR_SUCCESS) {
        *entry = other;
    }
    return APR_SUCCESS;
}

/* Keep this inactive answer in front for a long time, so that no request
 * reaches an older active one behind it. That makes it no fresher: its age
 * decides when the server is asked again. */
static apr_status_t hold_inactive(const tiers_t *tiers,
                                  const struct ti_key_t *key,
                                  const ti_entry_t *entry, apr_time_t now,
                                  apr_pool_t *p)
{
    ti_entry_t longer = *entry;

    if (longer.expires < now + TI_TIERS_INACTIVE_AGE) {
        longer.expires = now + TI_TIERS_INACTIVE_AGE;
    }
    return tiers->front->store(tiers->front, key, &longer, now, p);
}
