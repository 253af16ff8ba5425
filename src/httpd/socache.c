/* SPDX-License-Identifier: Apache-2.0 */
#include "socache.h"

#include <string.h>

#include <ap_provider.h>
#include <ap_socache.h>
#include <apr_strings.h>
#include <util_mutex.h>

#include "errand.h"
#include "log.h"
#include "messages.h"
#include "pace.h"

#define MUTEX "introspect-cache"
#define ENTRY_SIZE 2048 /* a usual one, as a hint to the provider */
#define SEALED_MAX (TI_ENTRY_MAX + TI_SEAL_OVERHEAD)

struct mai_socache_t {
    const char *name;
    const ap_socache_provider_t *provider;
    ap_socache_instance_t *instance;
    apr_global_mutex_t *mutex; /* for providers that are not safe; or NULL */
    const ti_seal_t *seal;
    const ti_world_t *world;
    server_rec *s;

    /* This process's patience; read and written by all its threads. */
    apr_time_t quiet_until;
    apr_uint32_t failures; /* in a row */
};

static apr_status_t close_store(void *data);
static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p);
static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
static void refuse(const mai_socache_t *socache, apr_time_t now);
static int is_quiet(const mai_socache_t *socache, apr_time_t now);
static apr_status_t perform(mai_errand_t *errand);
static apr_interval_time_t patience(const mai_socache_t *socache);
static void judge(mai_socache_t *socache, apr_status_t rv, apr_time_t start,
                  const char *what);

const char *mai_socache_create(mai_socache_t **socache, const char *text,
                               apr_pool_t *p, apr_pool_t *ptemp)
{
    mai_socache_t *made = apr_pcalloc(p, sizeof(*made));
    const char *args = strchr(text, ':');
    const char *complaint;

    made->name = args != NULL
                     ? apr_pstrmemdup(p, text, (apr_size_t)(args - text))
                     : apr_pstrdup(p, text);
    made->provider = ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, made->name,
                                        AP_SOCACHE_PROVIDER_VERSION);
    if (made->provider == NULL) {
        return apr_psprintf(p,
                            "there is no store '%s': write shm[:SIZE], none, "
                            "or a socache provider whose module is loaded "
                            "(mod_socache_%s?)",
                            made->name, made->name);
    }
    complaint = made->provider->create(
        &made->instance, args != NULL ? args + 1 : NULL, ptemp, p);
    if (complaint != NULL) {
        return apr_psprintf(p, "%s: %s", text, complaint);
    }
    *socache = made;
    return NULL;
}

int mai_socache_is_local(const mai_socache_t *socache)
{
    return strcmp(socache->name, "shmcb") == 0;
}

void mai_socache_register(apr_pool_t *pconf)
{
    ap_mutex_register(pconf, MUTEX, NULL, APR_LOCK_DEFAULT, 0);
}

apr_status_t mai_socache_open(mai_socache_t *socache, server_rec *s,
                              apr_pool_t *pconf)
{
    struct ap_socache_hints hints = {TI_KEY_SIZE, ENTRY_SIZE,
                                     apr_time_from_sec(60)};
    apr_status_t rv;

    if (socache->provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE) {
        rv = ap_global_mutex_create(&socache->mutex, NULL, MUTEX, NULL, s,
                                    pconf, 0);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    rv = socache->provider->init(socache->instance, "introspect", &hints, s,
                                 pconf);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    socache->s = s;
    apr_pool_cleanup_register(pconf, socache, close_store,
                              apr_pool_cleanup_null);
    return APR_SUCCESS;
}

apr_status_t mai_socache_child(mai_socache_t *socache, server_rec *s,
                               apr_pool_t *pchild)
{
    (void)s;
    if (socache->mutex == NULL) {
        return APR_SUCCESS;
    }
    return apr_global_mutex_child_init(
        &socache->mutex, apr_global_mutex_lockfile(socache->mutex), pchild);
}

ti_cache_t *mai_socache_cache(mai_socache_t *socache, const ti_seal_t *seal,
                              const ti_world_t *world, server_rec *s,
                              apr_pool_t *p)
{
    ti_cache_t *cache = apr_pcalloc(p, sizeof(*cache));

    socache->seal = seal;
    socache->world = world;
    socache->s = s;
    cache->fetch = fetch;
    cache->store = store;
    cache->self = socache;
    return cache;
}

static apr_status_t close_store(void *data)
{
    mai_socache_t *socache = data;

    socache->provider->destroy(socache->instance, socache->s);
    return APR_SUCCESS;
}

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p)
{
    mai_socache_t *socache = cache->self;
    mai_errand_t *errand;
    apr_time_t start = apr_time_now();
    apr_status_t rv;

    memset(entry, 0, sizeof(*entry));
    if (is_quiet(socache, now)) {
        return APR_NOTFOUND;
    }
    errand = mai_errand_create(perform, socache, SEALED_MAX);
    if (errand == NULL ||
        ti_seal_name(&errand->name, socache->seal, key) != APR_SUCCESS) {
        mai_errand_release(errand);
        return APR_NOTFOUND;
    }
    rv = mai_errand_run(errand, patience(socache));
    judge(socache, rv == APR_NOTFOUND ? APR_SUCCESS : rv, start, "read from");
    if (rv == APR_SUCCESS) {
        rv = ti_seal_open(entry, socache->seal, key, errand->bytes,
                          errand->size, p);
        if (rv != APR_SUCCESS) {
            refuse(socache, now);
        }
    }
    mai_errand_release(errand);
    if (rv != APR_SUCCESS || now >= entry->expires) {
        memset(entry, 0, sizeof(*entry));
        return APR_NOTFOUND;
    }
    return APR_SUCCESS;
}

static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p)
{
    mai_socache_t *socache = cache->self;
    apr_time_t start = apr_time_now();
    mai_errand_t *errand;
    unsigned char *sealed;
    apr_size_t size;
    apr_status_t rv;

    if (is_quiet(socache, now)) {
        return APR_EAGAIN;
    }
    rv = ti_seal_close(&sealed, &size, socache->seal, key, entry, p);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    errand = mai_errand_create(perform, socache, size);
    if (errand == NULL) {
        return APR_EAGAIN;
    }
    memcpy(errand->bytes, sealed, size);
    errand->expires = entry->expires;
    rv = ti_seal_name(&errand->name, socache->seal, key);
    if (rv == APR_SUCCESS) {
        rv = mai_errand_run(errand, patience(socache));
        judge(socache, rv, start, "write to");
    }
    mai_errand_release(errand);
    return rv;
}

/* What the provider is asked, perhaps in a thread of its own. Providers that
 * are not safe for several processes are locked for reading as well: shmcb
 * moves entries when it expires them. */
static apr_status_t perform(mai_errand_t *errand)
{
    const mai_socache_t *socache = errand->self;
    unsigned int size = (unsigned int)errand->size;
    apr_status_t rv = APR_SUCCESS;

    if (socache->mutex != NULL) {
        rv = apr_global_mutex_lock(socache->mutex);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (errand->expires != 0) {
        rv = socache->provider->store(
            socache->instance, socache->s, errand->name.bytes, TI_KEY_SIZE,
            errand->expires, errand->bytes, size, errand->p);
    } else {
        rv = socache->provider->retrieve(socache->instance, socache->s,
                                         errand->name.bytes, TI_KEY_SIZE,
                                         errand->bytes, &size, errand->p);
        errand->size = size;
    }
    if (socache->mutex != NULL) {
        apr_global_mutex_unlock(socache->mutex);
    }
    return rv;
}

/* 0: no thread, no limit; a store of this httpd cannot hang. */
static apr_interval_time_t patience(const mai_socache_t *socache)
{
    return mai_socache_is_local(socache) ? 0 : MAI_SOCACHE_SLOW;
}

static void refuse(const mai_socache_t *socache, apr_time_t now)
{
    ti_pace_log(socache->world->pace, now, socache->world->log, TI_LOG_WARNING,
                TI_MSG_STORE_REFUSED,
                "Refused what the store of IntrospectCache gave: it was not "
                "sealed with our IntrospectCacheSecret, or was altered");
}

static int is_quiet(const mai_socache_t *socache, apr_time_t now)
{
    return now < __atomic_load_n(&socache->quiet_until, __ATOMIC_RELAXED);
}

/* After a failure, or a call that took too long, no request of this process
 * goes there for a while; then one does. */
static void judge(mai_socache_t *socache, apr_status_t rv, apr_time_t start,
                  const char *what)
{
    apr_time_t now = apr_time_now();
    apr_interval_time_t pause = MAI_SOCACHE_PAUSE_FIRST;
    apr_uint32_t failures;
    char words[200];

    if (rv == APR_SUCCESS && now - start < MAI_SOCACHE_SLOW) {
        __atomic_store_n(&socache->failures, 0, __ATOMIC_RELAXED);
        return;
    }
    if (mai_socache_is_local(socache)) {
        return; /* too large for it, or full: nothing that a pause would help */
    }
    failures = __atomic_fetch_add(&socache->failures, 1, __ATOMIC_RELAXED);
    pause <<= failures < 4 ? failures : 4;
    if (pause > MAI_SOCACHE_PAUSE_LAST) {
        pause = MAI_SOCACHE_PAUSE_LAST;
    }
    __atomic_store_n(&socache->quiet_until, now + pause, __ATOMIC_RELAXED);
    apr_snprintf(words, sizeof(words),
                 "Could not %s the store %s of IntrospectCache in time (%d "
                 "ms): it is left alone for %d s",
                 what, socache->name, (int)apr_time_as_msec(now - start),
                 (int)apr_time_sec(pause));
    ti_pace_log(socache->world->pace, now, socache->world->log, TI_LOG_WARNING,
                TI_MSG_STORE_FAILED, words);
}
