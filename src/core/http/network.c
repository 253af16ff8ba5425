/* SPDX-License-Identifier: Apache-2.0 */
#include "http/network.h"

#include <errno.h>
#include <sys/socket.h>

#include <apr_thread_mutex.h>
#include <apr_time.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "http/allocation.h"
#include "http/freelist.h"

/* How long closing waits for calls that were aborted: curl asks once a second
 * whether it shall stop. */
#define CLOSING_MAX apr_time_from_sec(3)
#define CLOSING_STEP apr_time_from_msec(10)

/* Owns the handles in the free list; a handle is used by one thread at a
 * time. */
struct ti_network_t {
    ti_freelist_t *idle;
    CURLSH *share;
    apr_thread_mutex_t *locks[CURL_LOCK_DATA_LAST];
    int running; /* atomic: handles out */
    int aborted; /* atomic */
    int doubt;   /* atomic: of addresses */
};

static apr_status_t share_open(ti_network_t *network, apr_pool_t *p);
static void share_lock(CURL *handle, curl_lock_data data,
                       curl_lock_access access, void *self);
static void share_unlock(CURL *handle, curl_lock_data data, void *self);
static CURL *handle_open(const ti_network_t *network);
static int is_quiet(CURL *handle);
static apr_status_t network_close(void *data);

apr_status_t ti_network_create(ti_network_t **network, int idle_max,
                               apr_pool_t *p)
{
    ti_network_t *made = apr_pcalloc(p, sizeof(*made));
    apr_status_t rv;

    *network = NULL;
    rv = ti_freelist_create(&made->idle, idle_max,
                            apr_time_from_sec(TI_NETWORK_IDLE_SECONDS), p);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (ti_allocation_open() != CURLE_OK) {
        return APR_EGENERAL;
    }

    rv = share_open(made, p);
    apr_pool_cleanup_register(p, made, network_close, apr_pool_cleanup_null);
    if (rv == APR_SUCCESS) {
        *network = made;
    }
    return rv;
}

CURL *ti_network_take(ti_network_t *network, apr_uint64_t hash)
{
    CURL *handle;

    __atomic_add_fetch(&network->running, 1, __ATOMIC_ACQ_REL);
    handle = ti_freelist_take(network->idle, hash);
    while (handle != NULL && !is_quiet(handle)) {
        curl_easy_cleanup(handle);
        handle = ti_freelist_take(network->idle, hash);
    }
    return handle != NULL ? handle : handle_open(network);
}

void ti_network_give(ti_network_t *network, apr_uint64_t hash, CURL *handle,
                     int keep)
{
    CURL *closing = handle;

    if (handle != NULL && keep && is_quiet(handle)) {
        curl_easy_reset(handle); /* keeps connection and share, no pointer */
        closing =
            ti_freelist_put(network->idle, hash, handle, ti_clock_steady());
    }
    curl_easy_cleanup(closing);
    __atomic_sub_fetch(&network->running, 1, __ATOMIC_ACQ_REL);
}

void ti_network_sweep(ti_network_t *network, int all)
{
    apr_interval_time_t age =
        all ? 0 : apr_time_from_sec(TI_NETWORK_IDLE_SECONDS);
    CURL *handle;

    __atomic_add_fetch(&network->running, 1, __ATOMIC_ACQ_REL);
    handle = ti_freelist_sweep(network->idle, ti_clock_steady() - age);
    while (handle != NULL) {
        curl_easy_cleanup(handle);
        handle = ti_freelist_sweep(network->idle, ti_clock_steady() - age);
    }
    __atomic_sub_fetch(&network->running, 1, __ATOMIC_ACQ_REL);
}

void ti_network_abort(ti_network_t *network)
{
    TI_STORE(network->aborted, 1);
}

int ti_network_aborted(const ti_network_t *network)
{
    return TI_LOAD(network->aborted);
}

void ti_network_doubt(ti_network_t *network)
{
    TI_STORE(network->doubt, 1);
}

int ti_network_doubted(ti_network_t *network)
{
    return __atomic_exchange_n(&network->doubt, 0, __ATOMIC_ACQ_REL);
}

/* Connections are not shared, which curl cannot do between threads: they stay
 * with their handles. */
static apr_status_t share_open(ti_network_t *network, apr_pool_t *p)
{
    CURLSH *share;
    int i;

    for (i = 0; i < CURL_LOCK_DATA_LAST; i++) {
        apr_status_t rv = apr_thread_mutex_create(&network->locks[i],
                                                  APR_THREAD_MUTEX_DEFAULT, p);

        if (rv != APR_SUCCESS) {
            return rv;
        }
    }

    share = curl_share_init();
    network->share = share;
    if (share == NULL ||
        curl_share_setopt(share, CURLSHOPT_LOCKFUNC, share_lock) ||
        curl_share_setopt(share, CURLSHOPT_UNLOCKFUNC, share_unlock) ||
        curl_share_setopt(share, CURLSHOPT_USERDATA, network) ||
        curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) ||
        curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION)) {
        return APR_EGENERAL;
    }
    return APR_SUCCESS;
}

static void share_lock(CURL *handle, curl_lock_data data,
                       curl_lock_access access, void *self)
{
    const ti_network_t *network = self;

    (void)handle;
    (void)access;
    apr_thread_mutex_lock(network->locks[data]);
}

static void share_unlock(CURL *handle, curl_lock_data data, void *self)
{
    const ti_network_t *network = self;

    (void)handle;
    apr_thread_mutex_unlock(network->locks[data]);
}

static CURL *handle_open(const ti_network_t *network)
{
    CURL *handle = curl_easy_init();

    if (handle != NULL &&
        curl_easy_setopt(handle, CURLOPT_SHARE, network->share) != CURLE_OK) {
        curl_easy_cleanup(handle);
        return NULL;
    }
    return handle;
}

/* Is the connection open, with nothing to read? An end means that it is stale.
 * Unsolicited bytes must never count as the response to the next question: that
 * would be another token's verdict. */
static int is_quiet(CURL *handle)
{
    curl_socket_t at = CURL_SOCKET_BAD;
    char byte;

    if (curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &at) != CURLE_OK ||
        at == CURL_SOCKET_BAD) {
        return 0;
    }
    return recv(at, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           APR_STATUS_IS_EAGAIN(errno);
}

static apr_status_t network_close(void *data)
{
    ti_network_t *network = data;
    apr_time_t patience = ti_clock_steady() + CLOSING_MAX;

    ti_network_abort(network);
    while (TI_LOAD(network->running) > 0) {
        if (ti_clock_steady() > patience) {
            return APR_EBUSY; /* freeing what is in use would be worse */
        }
        apr_sleep(CLOSING_STEP);
    }

    ti_network_sweep(network, 1);
    curl_share_cleanup(network->share);
    curl_global_cleanup();
    return APR_SUCCESS;
}
