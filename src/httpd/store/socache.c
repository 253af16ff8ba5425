/* SPDX-License-Identifier: Apache-2.0 */
#include "store/socache.h"

#include <string.h>

#include <apr_strings.h>

#include "store/async.h"
#include "store/backend.h"
#include "store/entry.h"
#include "store/health.h"
#include "store/usage.h"
#include "store/writer.h"

#define SEALED_MAX (TI_ENTRY_MAX + TI_SEAL_OVERHEAD)

struct mai_socache_t {
    mai_backend_t *backend;
    mai_health_t health;  /* as this process sees it */
    mai_writer_t *writer; /* or NULL: requests write */
    mai_usage_t usage;
};

/* The store as one seal names what is in it. */
typedef struct named_t {
    mai_socache_t *socache;
    mai_entries_t entries;
    mai_waiter_t waiter; /* for whom it is used */
} named_t;

/* An answer that its request leaves with the writer. */
typedef struct left_t {
    mai_written_t written; /* first: the writer knows that only */
    const named_t *named;
    ti_key_t key;
    ti_entry_t entry;
} left_t;

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p);
static apr_status_t read_entry(ti_entry_t *entry, const named_t *named,
                               const ti_key_t *key, apr_pool_t *p);
static apr_status_t perform(mai_socache_t *socache,
                            const mai_attempt_t *attempt, mai_async_t *call);
static apr_status_t take(ti_entry_t *entry, const named_t *named,
                         const mai_async_t *call, const ti_key_t *key,
                         apr_status_t rv, apr_pool_t *p);
static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
static apr_status_t leave(const named_t *named, const ti_key_t *key,
                          const ti_entry_t *entry);
static void write_left(mai_written_t *written);
static apr_status_t write_entry(const named_t *named, const ti_key_t *key,
                                const ti_entry_t *entry, mai_waiter_t waiter);
static mai_async_t *admit(mai_attempt_t *attempt, mai_socache_t *socache,
                          mai_waiter_t waiter);

const char *mai_socache_create(mai_socache_t **socache, const char *text,
                               apr_pool_t *p, apr_pool_t *ptemp)
{
    mai_socache_t *made = apr_pcalloc(p, sizeof(*made));
    const char *complaint = mai_backend_create(&made->backend, text, p, ptemp);

    if (complaint == NULL) {
        *socache = made;
    }
    return complaint;
}

int mai_socache_is_local(const mai_socache_t *socache)
{
    return strcmp(mai_backend_name(socache->backend), "shmcb") == 0;
}

apr_status_t mai_socache_open(mai_socache_t *socache, server_rec *s,
                              apr_pool_t *pconf)
{
    return mai_backend_open(socache->backend, s, pconf);
}

int mai_socache_login(mai_socache_t *socache, const char *password,
                      const char *sentinels)
{
    return mai_backend_login(socache->backend, password, sentinels);
}

apr_status_t mai_socache_child(mai_socache_t *socache, apr_pool_t *pchild)
{
    apr_status_t rv = mai_backend_child(socache->backend, pchild);

    socache->writer = NULL;
    return rv == APR_SUCCESS && mai_backend_is_bounded(socache->backend)
               ? mai_writer_create(&socache->writer, pchild)
               : rv;
}

ti_cache_t *mai_socache_cache(mai_socache_t *socache, const ti_seal_t *seal,
                              const ti_world_t *world, apr_pool_t *p)
{
    ti_cache_t *cache = apr_pcalloc(p, sizeof(*cache));
    named_t *named = apr_pcalloc(p, sizeof(*named));

    named->socache = socache;
    named->entries.seal = seal;
    named->entries.world = world;
    socache->health.name = mai_backend_name(socache->backend);
    socache->health.is_local = mai_socache_is_local(socache);
    socache->health.world = world;
    mai_usage_open(&socache->usage, world, socache->health.name);
    cache->fetch = fetch;
    cache->store = store;
    cache->self = named;
    return cache;
}

ti_cache_t *mai_socache_own(const ti_cache_t *cache, apr_pool_t *p)
{
    ti_cache_t *own = apr_pmemdup(p, cache, sizeof(*cache));
    named_t *named = apr_pmemdup(p, cache->self, sizeof(*named));

    named->waiter = MAI_WAITER_OWN;
    own->self = named;
    return own;
}

/* For a request whatever keeps an answer from being had is a miss. */
static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p)
{
    const named_t *named = cache->self;
    apr_status_t rv = read_entry(entry, named, key, p);

    (void)now;
    return rv == APR_SUCCESS || named->waiter == MAI_WAITER_OWN ? rv
                                                                : APR_NOTFOUND;
}

static apr_status_t read_entry(ti_entry_t *entry, const named_t *named,
                               const ti_key_t *key, apr_pool_t *p)
{
    mai_attempt_t attempt;
    mai_async_t *call;
    apr_status_t rv;

    memset(entry, 0, sizeof(*entry));
    call = admit(&attempt, named->socache, named->waiter);
    if (call == NULL) {
        return APR_EAGAIN;
    }
    call->bytes = apr_palloc(call->p, SEALED_MAX);
    call->size = SEALED_MAX;
    rv = ti_seal_name(&call->name, named->entries.seal, key);
    if (rv == APR_SUCCESS) {
        rv = perform(named->socache, &attempt, call);
    }
    rv = take(entry, named, call, key, rv, p);
    mai_async_release(call);
    return rv;
}

static apr_status_t perform(mai_socache_t *socache,
                            const mai_attempt_t *attempt, mai_async_t *call)
{
    apr_status_t rv = mai_async_run(call);
    int none = rv == APR_NOTFOUND || mai_backend_overflow(rv);

    mai_health_judge(&socache->health, attempt, call, none ? APR_SUCCESS : rv,
                     "read from");
    mai_usage_count(&socache->usage, MAI_USAGE_FETCH, none ? APR_NOTFOUND : rv,
                    attempt->start);
    return rv;
}

/* APR_NOTFOUND: the store has answered, and nothing of it can be used. */
static apr_status_t take(ti_entry_t *entry, const named_t *named,
                         const mai_async_t *call, const ti_key_t *key,
                         apr_status_t rv, apr_pool_t *p)
{
    const char *why = NULL;

    if (rv == APR_SUCCESS) {
        rv = mai_entry_open(entry, &why, &named->entries, call, key, p);
    } else if (mai_backend_overflow(rv)) {
        why = "it is larger than any entry";
        rv = APR_NOTFOUND;
    }
    if (why != NULL) {
        mai_health_refuse(&named->socache->health, why);
    }
    if (!APR_STATUS_IS_TIMEUP(rv) && call->other_size > 0 &&
        mai_entry_open_other(entry, &named->entries, call, key, p)) {
        rv = APR_SUCCESS;
    }
    return rv;
}

/* "Inactive" is written at once: its caller has to know whether an older
 * answer may still be there. */
static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p)
{
    const named_t *named = cache->self;

    (void)now;
    (void)p;
    return named->waiter == MAI_WAITER_REQUEST &&
                   named->socache->writer != NULL &&
                   entry->kind != TI_KIND_INACTIVE
               ? leave(named, key, entry)
               : write_entry(named, key, entry, named->waiter);
}

static apr_status_t leave(const named_t *named, const ti_key_t *key,
                          const ti_entry_t *entry)
{
    apr_pool_t *p;
    left_t *left;
    apr_status_t rv = apr_pool_create_unmanaged_ex(&p, NULL, NULL);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    left = apr_pcalloc(p, sizeof(*left));
    left->written.write = write_left;
    left->written.p = p;
    left->named = named;
    left->key = *key;
    left->entry = *entry;
    left->entry.bytes = apr_pmemdup(p, entry->bytes, entry->size);
    rv = mai_writer_add(named->socache->writer, &left->written);
    if (rv != APR_SUCCESS) {
        apr_pool_destroy(p);
    }
    return rv;
}

static void write_left(mai_written_t *written)
{
    left_t *left = (left_t *)(void *)written;

    write_entry(left->named, &left->key, &left->entry, MAI_WAITER_OWN);
}

static apr_status_t write_entry(const named_t *named, const ti_key_t *key,
                                const ti_entry_t *entry, mai_waiter_t waiter)
{
    mai_socache_t *socache = named->socache;
    mai_attempt_t attempt;
    mai_async_t *call;
    apr_status_t rv;

    call = admit(&attempt, socache, waiter);
    if (call == NULL) {
        return APR_EAGAIN;
    }
    rv = mai_entry_close(call, &named->entries, key, entry);
    if (rv == APR_SUCCESS) {
        rv = mai_async_run(call);
        mai_health_judge(&socache->health, &attempt, call, rv, "write to");
        mai_usage_count(&socache->usage, MAI_USAGE_STORE, rv, attempt.start);
    }
    mai_async_release(call);
    return rv;
}

/* NULL: not now. First a place among the waiters, then the admission: a call
 * that was admitted after a pause has to report its outcome. */
static mai_async_t *admit(mai_attempt_t *attempt, mai_socache_t *socache,
                          mai_waiter_t waiter)
{
    mai_async_t *call = mai_async_create(
        mai_backend_perform, socache->backend,
        socache->health.is_local ? 0 : MAI_HEALTH_SLOW, waiter);

    if (call != NULL && !mai_health_admits(attempt, &socache->health)) {
        mai_async_release(call);
        return NULL;
    }
    if (call != NULL) {
        call->is_bounded = mai_backend_is_bounded(socache->backend);
    }
    return call;
}
