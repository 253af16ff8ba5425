/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backend.h"

#include <string.h>

#include <apr_strings.h>
#include <ap_provider.h>
#include <ap_socache.h>
#include <util_mutex.h>

#include "store/client.h"
#ifdef MAI_HIREDIS
#include "store/redis.h"
#endif

#define MUTEX "introspect-cache"
#define ENTRY_SIZE 2048 /* a usual one, as a hint to the provider */

/* For how long a provider is told to keep a value. Providers count whole
 * seconds and refuse what has none left, but even the shortest "inactive" has
 * to replace an older "active"; memcached takes more than 30 days for a
 * moment since 1970. When an entry ends is sealed within it. */
#define KEPT_MIN apr_time_from_sec(2)
#define KEPT_MAX apr_time_from_sec((apr_time_t)29 * 86400)

struct mai_backend_t {
    const char *name;
    const mai_client_t *client; /* our own, and its own; or NULL */
    void *self;
    const ap_socache_provider_t *methods; /* else */
    ap_socache_instance_t *instance;
    apr_global_mutex_t *mutex; /* for providers that are not safe; or NULL */
    server_rec *s;
};

static const mai_client_t *client_named(const char *name);
static const char *find_provider(mai_backend_t *made, const char *args,
                                 apr_pool_t *p, apr_pool_t *ptemp);
static apr_status_t close_instance(void *data);
static apr_status_t perform(const mai_backend_t *backend, mai_async_t *call);
static apr_time_t kept_until(apr_time_t expires, apr_time_t now);

const char *mai_backend_create(mai_backend_t **backend, const char *text,
                               apr_pool_t *p, apr_pool_t *ptemp)
{
    mai_backend_t *made = apr_pcalloc(p, sizeof(*made));
    const char *args = strchr(text, ':');
    const char *complaint;

    made->name = args != NULL
                     ? apr_pstrmemdup(p, text, (apr_size_t)(args - text))
                     : apr_pstrdup(p, text);
    args = args != NULL ? args + 1 : NULL;
    made->client = client_named(made->name);
    complaint =
        made->client != NULL
            ? made->client->create(&made->self, args != NULL ? args : "", p)
            : find_provider(made, args, p, ptemp);
    if (complaint == NULL) {
        *backend = made;
    }
    return complaint;
}

const char *mai_backend_name(const mai_backend_t *backend)
{
    return backend->name;
}

int mai_backend_is_bounded(const mai_backend_t *backend)
{
    return backend->client != NULL;
}

int mai_backend_login(mai_backend_t *backend, const char *password,
                      const char *sentinels)
{
    if (backend->client == NULL) {
        return 0;
    }
    backend->client->login(backend->self, password, sentinels);
    return 1;
}

void mai_backend_register(apr_pool_t *pconf)
{
    ap_mutex_register(pconf, MUTEX, NULL, APR_LOCK_DEFAULT, 0);
}

apr_status_t mai_backend_open(mai_backend_t *backend, server_rec *s,
                              apr_pool_t *pconf)
{
    struct ap_socache_hints hints = {TI_KEY_SIZE, ENTRY_SIZE,
                                     apr_time_from_sec(60)};
    apr_status_t rv;

    backend->s = s;
    if (backend->client != NULL) {
        return APR_SUCCESS;
    }
    if (backend->methods->flags & AP_SOCACHE_FLAG_NOTMPSAFE) {
        rv = ap_global_mutex_create(&backend->mutex, NULL, MUTEX, NULL, s,
                                    pconf, 0);
        if (rv != APR_SUCCESS) {
            return rv;
        }
    }
    rv = backend->methods->init(backend->instance, "introspect", &hints, s,
                                pconf);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    apr_pool_cleanup_register(pconf, backend, close_instance,
                              apr_pool_cleanup_null);
    return APR_SUCCESS;
}

apr_status_t mai_backend_child(mai_backend_t *backend, apr_pool_t *pchild)
{
    if (backend->client != NULL) {
        return backend->client->child(backend->self, pchild);
    }
    if (backend->mutex == NULL) {
        return APR_SUCCESS;
    }
    return apr_global_mutex_child_init(
        &backend->mutex, apr_global_mutex_lockfile(backend->mutex), pchild);
}

/* Providers that are not safe for several processes are locked for reading as
 * well: shmcb moves entries when it expires them. */
apr_status_t mai_backend_perform(mai_async_t *call)
{
    const mai_backend_t *backend = call->self;
    apr_status_t rv;

    if (backend->client != NULL) {
        apr_time_t now = apr_time_now();

        return backend->client->perform(backend->self, call,
                                        kept_until(call->expires, now) - now);
    }
    if (backend->mutex == NULL) {
        return perform(backend, call);
    }
    rv = apr_global_mutex_lock(backend->mutex);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = perform(backend, call);
    apr_global_mutex_unlock(backend->mutex);
    return rv;
}

int mai_backend_overflow(apr_status_t rv)
{
    return rv == APR_ENOMEM || rv == APR_ENOSPC;
}

static const mai_client_t *client_named(const char *name)
{
#ifdef MAI_HIREDIS
    if (strcmp(name, "redis") == 0) {
        return &mai_redis_client;
    }
    if (strcmp(name, "redis-sentinel") == 0) {
        return &mai_redis_sentinel_client;
    }
#else
    (void)name;
#endif
    return NULL;
}

static const char *find_provider(mai_backend_t *made, const char *args,
                                 apr_pool_t *p, apr_pool_t *ptemp)
{
    const char *complaint;

    made->methods = ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, made->name,
                                       AP_SOCACHE_PROVIDER_VERSION);
    if (made->methods == NULL) {
        return apr_psprintf(p,
                            "there is no store '%s': write shm[:SIZE], none, "
                            "or a socache provider whose module is loaded "
                            "(mod_socache_%s?)",
                            made->name, made->name);
    }
    complaint = made->methods->create(&made->instance, args, ptemp, p);
    return complaint != NULL ? apr_psprintf(p, "%s:%s: %s", made->name,
                                            args != NULL ? args : "", complaint)
                             : NULL;
}

static apr_status_t close_instance(void *data)
{
    mai_backend_t *backend = data;

    backend->methods->destroy(backend->instance, backend->s);
    return APR_SUCCESS;
}

static apr_status_t perform(const mai_backend_t *backend, mai_async_t *call)
{
    unsigned int size = (unsigned int)call->size;
    apr_status_t rv;

    if (call->expires != 0) {
        return backend->methods->store(
            backend->instance, backend->s, call->name.bytes, TI_KEY_SIZE,
            kept_until(call->expires, apr_time_now()), call->bytes, size,
            call->p);
    }
    rv = backend->methods->retrieve(backend->instance, backend->s,
                                    call->name.bytes, TI_KEY_SIZE, call->bytes,
                                    &size, call->p);
    call->size = size;
    return rv;
}

static apr_time_t kept_until(apr_time_t expires, apr_time_t now)
{
    if (expires < now + KEPT_MIN) {
        return now + KEPT_MIN;
    }
    return expires < now + KEPT_MAX ? expires : now + KEPT_MAX;
}
