/* SPDX-License-Identifier: Apache-2.0 */
#include "errand.h"

#include <pthread.h>
#include <signal.h>

#include <apr_thread_proc.h>

static int under_way; /* errands of this process */

static void *run(void *data);
static apr_status_t start(mai_errand_t *errand);
static apr_status_t wait_for(mai_errand_t *errand,
                             apr_interval_time_t patience);

mai_errand_t *mai_errand_create(apr_status_t (*perform)(mai_errand_t *),
                                void *self, apr_size_t size)
{
    mai_errand_t *errand;
    apr_pool_t *p;

    if (__atomic_add_fetch(&under_way, 1, __ATOMIC_RELAXED) > MAI_ERRANDS_MAX ||
        apr_pool_create_unmanaged_ex(&p, NULL, NULL) != APR_SUCCESS) {
        __atomic_sub_fetch(&under_way, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    errand = apr_pcalloc(p, sizeof(*errand));
    errand->perform = perform;
    errand->self = self;
    errand->bytes = apr_palloc(p, size);
    errand->size = size;
    errand->p = p;
    errand->holders = 1;
    return errand;
}

apr_status_t mai_errand_run(mai_errand_t *errand, apr_interval_time_t patience)
{
    apr_status_t rv;

    if (patience == 0) {
        return errand->perform(errand);
    }
    rv = apr_thread_mutex_create(&errand->mutex, APR_THREAD_MUTEX_DEFAULT,
                                 errand->p);
    if (rv == APR_SUCCESS) {
        rv = apr_thread_cond_create(&errand->cond, errand->p);
    }
    if (rv == APR_SUCCESS) {
        rv = start(errand);
    }
    return rv == APR_SUCCESS ? wait_for(errand, patience) : rv;
}

void mai_errand_release(mai_errand_t *errand)
{
    if (errand != NULL &&
        __atomic_sub_fetch(&errand->holders, 1, __ATOMIC_ACQ_REL) == 0) {
        apr_pool_destroy(errand->p);
        __atomic_sub_fetch(&under_way, 1, __ATOMIC_RELAXED);
    }
}

/* Not apr_thread_create: a thread that is left behind must not live in a pool
 * that it destroys itself. */
static apr_status_t start(mai_errand_t *errand)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    apr_status_t rv = pthread_attr_init(&attributes);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    __atomic_add_fetch(&errand->holders, 1, __ATOMIC_RELAXED);
    /* a thread inherits the mask: httpd's signals are for its own threads */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rv = pthread_create(&thread, &attributes, run, errand);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (rv != APR_SUCCESS) {
        __atomic_sub_fetch(&errand->holders, 1, __ATOMIC_RELAXED);
    }
    return rv;
}

static apr_status_t wait_for(mai_errand_t *errand, apr_interval_time_t patience)
{
    apr_time_t end = apr_time_now() + patience;
    apr_status_t rv = APR_TIMEUP;

    apr_thread_mutex_lock(errand->mutex);
    while (!errand->done) {
        apr_interval_time_t left = end - apr_time_now();

        if (left <= 0) {
            break;
        }
        apr_thread_cond_timedwait(errand->cond, errand->mutex, left);
    }
    if (errand->done) {
        rv = errand->rv;
    }
    apr_thread_mutex_unlock(errand->mutex);
    return rv;
}

static void *run(void *data)
{
    mai_errand_t *errand = data;
    apr_status_t rv;

    apr_setup_signal_thread(); /* a crash is still to be seen as one */
    rv = errand->perform(errand);
    apr_thread_mutex_lock(errand->mutex);
    errand->rv = rv;
    errand->done = 1;
    apr_thread_cond_signal(errand->cond);
    apr_thread_mutex_unlock(errand->mutex);
    mai_errand_release(errand);
    return NULL;
}
