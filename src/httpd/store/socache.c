/* SPDX-License-Identifier: Apache-2.0 */
#include "store/socache.h"

#include <string.h>

#include <apr_strings.h>

#include "store/async.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "base/backoff.h"
#include "store/backend.h"
#include "base/clock.h"

#define SEALED_MAX (TI_ENTRY_MAX + TI_SEAL_OVERHEAD)

struct mai_socache_t {
    mai_backend_t *provider;
    const ti_seal_t *seal;
    const ti_world_t *world;
    ti_backoff_t pause; /* this process's */
};

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
static apr_status_t open_entry(ti_entry_t *entry, const mai_socache_t *socache,
                               const mai_async_t *call, const ti_key_t *key,
                               apr_pool_t *p);
static void refuse(const mai_socache_t *socache, const char *why);
static apr_interval_time_t patience(const mai_socache_t *socache);
static mai_async_t *admit(visit_t *visit, mai_socache_t *socache);
static void judge(mai_socache_t *socache, const visit_t *visit, apr_status_t rv,
                  const char *what);
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

apr_status_t mai_socache_child(mai_socache_t *socache, server_rec *s,
                               apr_pool_t *pchild)
{
    (void)s;
    return mai_backend_child(socache->provider, pchild);
}

ti_cache_t *mai_socache_cache(mai_socache_t *socache, const ti_seal_t *seal,
                              const ti_world_t *world, server_rec *s,
                              apr_pool_t *p)
{
    ti_cache_t *cache = apr_pcalloc(p, sizeof(*cache));

    (void)s;
    socache->seal = seal;
    socache->world = world;
    cache->fetch = fetch;
    cache->store = store;
    cache->self = socache;
    return cache;
}

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *key, apr_time_t now, apr_pool_t *p)
{
    mai_socache_t *socache = cache->self;
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
    rv = ti_seal_name(&call->name, socache->seal, key);
    if (rv == APR_SUCCESS) {
        rv = mai_async_run(call);
        none = rv == APR_NOTFOUND || mai_backend_overflow(rv);
        judge(socache, &visit, none ? APR_SUCCESS : rv, "read from");
    }
    if (rv == APR_SUCCESS) {
        rv = open_entry(entry, socache, call, key, p);
    } else if (mai_backend_overflow(rv)) {
        refuse(socache, "it is larger than any entry");
    }
    mai_async_release(call);
    return rv == APR_SUCCESS ? APR_SUCCESS : APR_NOTFOUND;
}

static apr_status_t store(ti_cache_t *cache, const ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p)
{
    mai_socache_t *socache = cache->self;
    ti_now_t both = ti_world_now(socache->world);
    ti_entry_t dated = *entry;
    mai_async_t *call;
    visit_t visit;
    apr_status_t rv;

    (void)now;
    (void)p;
    dated.answered = ti_now_to_wall(&both, entry->answered);
    dated.expires = ti_now_to_wall(&both, entry->expires);
    call = admit(&visit, socache);
    if (call == NULL) {
        return APR_EAGAIN;
    }
    call->expires = dated.expires;
    rv = ti_seal_name(&call->name, socache->seal, key);
    if (rv == APR_SUCCESS) {
        rv = ti_seal_close(&call->bytes, &call->size, socache->seal, key,
                           &dated, call->p);
    }
    if (rv == APR_SUCCESS) {
        rv = mai_async_run(call);
        judge(socache, &visit, rv, "write to");
    }
    mai_async_release(call);
    return rv;
}

/* Accept from the store only what we sealed and what is valid now. What is
 * sealed bears the wall clock's times, for other machines. */
static apr_status_t open_entry(ti_entry_t *entry, const mai_socache_t *socache,
                               const mai_async_t *call, const ti_key_t *key,
                               apr_pool_t *p)
{
    ti_now_t now = ti_world_now(socache->world);
    apr_status_t rv =
        ti_seal_open(entry, socache->seal, key, call->bytes, call->size, p);
    ti_seal_time_t when = TI_SEAL_OVER;

    if (rv != APR_SUCCESS) {
        refuse(socache,
               "it was not sealed with our IntrospectCacheSecret, or was "
               "altered");
    } else {
        when = ti_seal_time(entry, now.wall);
    }
    if (when == TI_SEAL_AHEAD) {
        refuse(socache,
               "it comes from the future (do the clocks of the machines "
               "differ?)");
    }
    if (when != TI_SEAL_TIMELY) {
        memset(entry, 0, sizeof(*entry));
        return APR_NOTFOUND;
    }
    entry->answered = ti_now_to_steady(&now, entry->answered);
    entry->expires = ti_now_to_steady(&now, entry->expires);
    return APR_SUCCESS;
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
    return call;
}

/* After a failure, or a call that took too long, this process pauses its calls.
 * Not those to a store inside this httpd: a value too large, or a full store,
 * is not cured by a pause. */
static void judge(mai_socache_t *socache, const visit_t *visit, apr_status_t rv,
                  const char *what)
{
    const char *name = mai_backend_name(socache->provider);
    apr_time_t now = ti_clock_steady();
    apr_interval_time_t took = now - visit->start;
    apr_interval_time_t length;
    char words[250];

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
        apr_snprintf(words, sizeof(words),
                     "Could not %s the store %s of IntrospectCache (%pm, after "
                     "%d ms): it is left alone for %d s",
                     what, name, &rv, (int)apr_time_as_msec(took),
                     (int)apr_time_sec(length));
    }
    warn(socache, TI_MSG_STORE_FAILED, words);
}

static void warn(const mai_socache_t *socache, int id, const char *text)
{
    ti_line_t line = {TI_LOG_WARNING, id, mai_backend_name(socache->provider),
                      text};

    ti_ratelimit_log(socache->world->pace, socache->world->steady(),
                     socache->world->log, &line);
}
