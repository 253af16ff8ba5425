/* SPDX-License-Identifier: Apache-2.0
 *
 * One call to a store that may hang: made in a thread of its own, and abandoned
 * when it takes too long.
 *
 * httpd's providers do not bound their calls: mod_socache_memcache not at all,
 * mod_socache_redis by RedisTimeout, which APR-util 1.6 takes a million times
 * too long. Their sockets are out of our reach, and a thread that may hold
 * their locks cannot be ended from outside. So a thread that was left behind
 * ends when its connection does: at once when the store is restarted, after
 * the kernel's patience (Linux: a quarter of an hour) when its machine takes
 * nothing any more, and never when that vanished after it had taken the call.
 * Meanwhile it also holds one of the provider's connections, of which there
 * are ThreadLimit in a process, and one only with the prefork MPM.
 */
#ifndef MAI_ASYNC_H
#define MAI_ASYNC_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_time.h>

#include "base/key.h"

/* Calls of one process that requests may wait for at once: enough for a store
 * that works, and few enough that a store which begins to hang costs few
 * threads. */
#define MAI_ASYNC_WAITED 16

/* Abandoned calls of one process, at most, when another begins: each holds a
 * thread. At one try per pause it takes most of an hour to reach this. */
#define MAI_ASYNC_ABANDONED 64

/* Room for a sealed "inactive", which has no claims. */
#define MAI_ASYNC_OTHER 128

/* So many calls are abandoned that no further one is made. */
#define MAI_ASYNC_CLOGGED (APR_OS_START_USERERR + 71)

/* Who waits for a call. */
typedef enum mai_waiter_t {
    MAI_WAITER_REQUEST = 0, /* one of MAI_ASYNC_WAITED at once */
    MAI_WAITER_OWN /* a thread of ours, of which there are few, or another call
                      that this one is a part of: requests cannot crowd it
                      out */
} mai_waiter_t;

typedef struct mai_async_t mai_async_t;

/* Everything that the call needs: it must not touch the request's memory. */
struct mai_async_t {
    apr_status_t (*perform)(mai_async_t *call);
    void *self;
    ti_key_t name;
    apr_time_t expires; /* 0: read */
    unsigned char *bytes;
    apr_size_t size;
    int is_no; /* what is written says "inactive" */

    /* Read: "inactive", from a place that tokens share; it may be about
     * another one. A size of 0: nothing. */
    unsigned char other[MAI_ASYNC_OTHER];
    apr_size_t other_size;
    char why[160]; /* a failure's reason, where more is known than its status */
    apr_pool_t *p; /* its own, for the call and its bytes */

    apr_interval_time_t patience;
    int is_counted; /* one of MAI_ASYNC_WAITED */
    int is_bounded; /* it ends in time by itself, and needs no thread */
    apr_status_t rv;
    apr_uint32_t state; /* under way, done or abandoned */
    int holders;        /* the caller and the thread; the last one frees it */
};

/* An asynchronous call, held by the caller, who will wait for at most
 * `patience` microseconds (0: no thread and no limit). NULL when too many
 * requests wait, or there is no memory. */
mai_async_t *mai_async_create(apr_status_t (*perform)(mai_async_t *),
                              void *self, apr_interval_time_t patience,
                              mai_waiter_t waiter);

/* Run it and wait for it. APR_TIMEUP when it was abandoned: then its fields
 * belong to the thread, and only mai_async_release may follow. */
apr_status_t mai_async_run(mai_async_t *call);

/* Why it failed, with status `rv`, in at most `room` bytes of `words`. */
void mai_async_describe(char *words, apr_size_t room, const mai_async_t *call,
                        apr_status_t rv);

/* The caller is done with the call and its result; another call may wait. NULL
 * does nothing. */
void mai_async_release(mai_async_t *call);

#endif
