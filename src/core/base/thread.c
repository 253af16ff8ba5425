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
