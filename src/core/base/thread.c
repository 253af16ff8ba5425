/* SPDX-License-Identifier: Apache-2.0 */
#include "base/thread.h"

#include <pthread.h>

void ti_thread_block(sigset_t *before)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

void ti_thread_unblock(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

apr_status_t ti_thread_attach(apr_thread_t **thread, apr_thread_start_t run,
                              apr_status_t (*end)(void *), void *data,
                              apr_pool_t *p)
{
    sigset_t before;
    apr_status_t rv;

    /* a signal in between would end the pool below the thread */
    ti_thread_block(&before);
    rv = apr_thread_create(thread, NULL, run, data, p);
    if (rv == APR_SUCCESS) {
        apr_pool_pre_cleanup_register(p, data, end);
    }
    ti_thread_unblock(&before);
    return rv;
}

apr_status_t ti_thread_detach(void *(*run)(void *), void *data)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t before;
    apr_status_t rv = pthread_attr_init(&attributes);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    ti_thread_block(&before);
    rv = pthread_create(&thread, &attributes, run, data);
    ti_thread_unblock(&before);
    pthread_attr_destroy(&attributes);
    return rv;
}
