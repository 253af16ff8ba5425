/* SPDX-License-Identifier: Apache-2.0 */
#include "store/socache.h"

#include <string.h>

#include <apr_strings.h>

#include "store/async.h"
#include "store/usage.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "base/backoff.h"
#include "store/backend.h"
#include "store/entry.h"
#include "store/writer.h"
#include "base/clock.h"

#define SEALED_MAX (TI_ENTRY_MAX + TI_SEAL_OVERHEAD)

struct mai_socache_t {
    mai_backend_t *provider;
    const ti_world_t *world;
    ti_backoff_t pause;   /* this process's */
    mai_writer_t *writer; /* or NULL: requests write */
    mai_usage_t usage;
};

/* The store as one seal names what is in it. */
typedef struct named_t {
    mai_socache_t *socache;
    mai_entries_t entries;
} named_t;

/* An answer that its request leaves with the writer. */
typedef struct left_t {
    mai_written_t written; /* first: the writer knows that only */
    const named_t *named;
    ti_key_t key;
    ti_entry_t entry;
} left_t;

/* One call, from admission to outcome. */
typedef struct visit_t {
    apr_time_t start; /* steady */
    apr_time_t turn;  /* for the pause */
} visit_t;

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p);
static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
static apr_status_t leave(const named_t *named, const ti_key_t *key,
                          const ti_entry_t *entry);
static void write_left(mai_written_t *written);
static apr_status_t write_entry(const named_t *named, const ti_key_t *key,
                                const ti_entry_t *entry);
static void refuse(const mai_socache_t *socache, const char *why);
static apr_interval_time_t patience(const mai_socache_t *socache);
static mai_async_t *admit(visit_t *visit, mai_socache_t *socache);
static void judge(mai_socache_t *socache, const visit_t *visit,
                  const mai_async_t *call, apr_status_t rv, const char *what);
static void warn(const mai_socache_t *socache, int id, const char *text);

const char *mai_socache_create(mai_socache_t **socache, const char *text,
                               apr_pool_t *p, apr_pool_t *ptemp)
{
    mai_socache_t *made = apr_pcalloc(p, sizeof(*made));
    const char *complaint = mai_backend_create(&made->provider, text, p, ptemp);

    if (complaint == NULL) {
        *socache = made;
    }
    return complaint;
}

int mai_socache_is_local(const mai_socache_t *socache)
{
    return strcmp(mai_backend_name(socache->provider), "shmcb") == 0;
}

void mai_socache_register(apr_pool_t *pconf)
{
    mai_backend_register(pconf);
}

apr_status_t mai_socache_open(mai_socache_t *socache, server_rec *s,
                              apr_pool_t *pconf)
{
    return mai_backend_open(socache->provider, s, pconf);
}

int mai_socache_login(mai_socache_t *socache, const char *password,
                      const char *sentinels)
{
    return mai_backend_login(socache->provider, password, sentinels);
}

apr_status_t mai_socache_child(mai_socache_t *socache, server_rec *s,
                               apr_pool_t *pchild)
{
    apr_status_t rv = mai_backend_child(socache->provider, pchild);

    (void)s;
    socache->writer = NULL;
    return rv == APR_SUCCESS && mai_backend_is_bounded(socache->provider)
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
    socache->world = world;
    mai_usage_open(&socache->usage, world, mai_backend_name(socache->provider));
    cache->fetch = fetch;
    cache->store = store;
    cache->self = named;
    return cache;
}

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p)
{
    const named_t *named = cache->self;
    mai_socache_t *socache = named->socache;
    const char *why = NULL;
    mai_async_t *call;
    visit_t visit;
    apr_status_t rv;
    int none;

    (void)now;
    memset(entry, 0, sizeof(*entry));
    call = admit(&visit, socache);
    if (call == NULL) {
        return APR_NOTFOUND;
    }
    call->bytes = apr_palloc(call->p, SEALED_MAX);
    call->size = SEALED_MAX;
    rv = ti_seal_name(&call->name, named->entries.seal, key);
    if (rv == APR_SUCCESS) {
        rv = mai_async_run(call);
        none = rv == APR_NOTFOUND || mai_backend_overflow(rv);
        judge(socache, &visit, call, none ? APR_SUCCESS : rv, "read from");
        mai_usage_count(&socache->usage, MAI_USAGE_FETCH,
                        none ? APR_NOTFOUND : rv, visit.start);
    }
    if (rv == APR_SUCCESS) {
        rv = mai_entry_open(entry, &why, &named->entries, call, key, p);
    } else if (mai_backend_overflow(rv)) {
        why = "it is larger than any entry";
    }
    if (why != NULL) {
        refuse(socache, why);
    }
    if (!APR_STATUS_IS_TIMEUP(rv) && call->other_size > 0 &&
        mai_entry_open_other(entry, &named->entries, call, key, p)) {
        rv = APR_SUCCESS;
    }
    mai_async_release(call);
    return rv == APR_SUCCESS ? APR_SUCCESS : APR_NOTFOUND;
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
    return named->socache->writer != NULL && entry->kind != TI_KIND_INACTIVE
               ? leave(named, key, entry)
               : write_entry(named, key, entry);
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

    write_entry(left->named, &left->key, &left->entry);
}

static apr_status_t write_entry(const named_t *named, const ti_key_t *key,
                                const ti_entry_t *entry)
{
    mai_socache_t *socache = named->socache;
    mai_async_t *call;
    visit_t visit;
    apr_status_t rv;

    call = admit(&visit, socache);
    if (call == NULL) {
        return APR_EAGAIN;
    }
    rv = mai_entry_close(call, &named->entries, key, entry);
    if (rv == APR_SUCCESS) {
        rv = mai_async_run(call);
        judge(socache, &visit, call, rv, "write to");
        mai_usage_count(&socache->usage, MAI_USAGE_STORE, rv, visit.start);
    }
    mai_async_release(call);
    return rv;
}

/* 0: no thread, no limit; a store of this httpd cannot hang. */
static apr_interval_time_t patience(const mai_socache_t *socache)
{
    return mai_socache_is_local(socache) ? 0 : MAI_SOCACHE_SLOW;
}

static void refuse(const mai_socache_t *socache, const char *why)
{
    char words[200];

    apr_snprintf(words, sizeof(words),
                 "Refused what the store %s of IntrospectCache gave: %s",
                 mai_backend_name(socache->provider), why);
    warn(socache, TI_MSG_STORE_REFUSED, words);
}

/* NULL: not now. First a place among the waiters, then the admission: a call
 * that was admitted after a pause has to report its outcome. */
static mai_async_t *admit(visit_t *visit, mai_socache_t *socache)
{
    mai_async_t *call = mai_async_create(mai_backend_perform, socache->provider,
                                         patience(socache));

    visit->start = ti_clock_steady();
    if (call != NULL &&
        !ti_backoff_admits(&visit->turn, &socache->pause, visit->start)) {
        mai_async_release(call);
        return NULL;
    }
    if (call != NULL) {
        call->is_bounded = mai_backend_is_bounded(socache->provider);
    }
    return call;
}

/* After a failure, or a call that took too long, this process pauses its calls.
 * Not those to a store inside this httpd: a value too large, or a full store,
 * is not cured by a pause. */
static void judge(mai_socache_t *socache, const visit_t *visit,
                  const mai_async_t *call, apr_status_t rv, const char *what)
{
    const char *name = mai_backend_name(socache->provider);
    apr_time_t now = ti_clock_steady();
    apr_interval_time_t took = now - visit->start;
    apr_interval_time_t length;
    char reason[160];
    char words[400];

    if (mai_socache_is_local(socache)) {
        return;
    }
    if (rv == APR_SUCCESS && took < MAI_SOCACHE_SLOW) {
        ti_backoff_reset(&socache->pause, visit->turn);
        return;
    }
    rv = rv == APR_SUCCESS ? APR_TIMEUP : rv; /* there, but too late */
    length = ti_backoff_fail(&socache->pause, visit->turn, now);
    if (length == 0) {
        return;
    }
    if (rv == MAI_ASYNC_CLOGGED) {
        apr_snprintf(words, sizeof(words),
                     "Could not %s the store %s of IntrospectCache: %d calls "
                     "to it hang, and this process makes no more; look at the "
                     "store, then restart httpd gracefully",
                     what, name, MAI_ASYNC_ABANDONED);
    } else {
        mai_async_describe(reason, sizeof(reason), call, rv);
        apr_snprintf(words, sizeof(words),
                     "Could not %s the store %s of IntrospectCache (%s, after "
                     "%d ms): it is left alone for %d s",
                     what, name, reason, (int)apr_time_as_msec(took),
                     (int)apr_time_sec(length));
    }
    warn(socache, TI_MSG_STORE_FAILED, words);
}

static void warn(const mai_socache_t *socache, int id, const char *text)
{
    ti_line_t line = {TI_LOG_WARNING, id, mai_backend_name(socache->provider),
                      text};

    ti_ratelimit_log(socache->world->ratelimit, socache->world->steady(),
                     socache->world->log, &line);
}
