/* SPDX-License-Identifier: Apache-2.0
 *
 * One call to a store that may hang: made in a thread of its own, and left
 * behind when it takes too long. httpd's providers have time limits of their
 * own, but not for everything (a Redis that accepts and says nothing keeps
 * mod_socache_redis for ever).
 */
#ifndef MAI_ERRAND_H
#define MAI_ERRAND_H

#include <apr_pools.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <apr_time.h>

#include "key.h"

/* Errands under way in one process, those left behind included. */
#define MAI_ERRANDS_MAX 32

typedef struct mai_errand_t mai_errand_t;

/* Everything that the call needs: it must not touch the request's memory. */
struct mai_errand_t {
    apr_status_t (*perform)(mai_errand_t *errand);
    void *self;
    ti_key_t name;
    apr_time_t expires; /* 0: read */
    unsigned char *bytes;
    apr_size_t size;
    apr_pool_t *p; /* its own, for the call */

    apr_status_t rv;
    int done;
    int holders; /* who asked, and the thread; the last one frees it */
    apr_thread_mutex_t *mutex;
    apr_thread_cond_t *cond;
};

/* An errand with `size` bytes of room, held by the caller; NULL when too many
 * are under way. */
mai_errand_t *mai_errand_create(apr_status_t (*perform)(mai_errand_t *),
                                void *self, apr_size_t size);

/* Run it and wait for at most `patience` microseconds (0: run it here and
 * now). APR_TIMEUP when it was left behind: then its fields belong to the
 * thread, and only mai_errand_release may follow. */
apr_status_t mai_errand_run(mai_errand_t *errand, apr_interval_time_t patience);

/* The caller is done with it; NULL is nothing. */
void mai_errand_release(mai_errand_t *errand);

#endif
