/* SPDX-License-Identifier: Apache-2.0 */
#include "base/thread.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/atomic.h"

/* A detached thread as it starts. */
typedef struct start_t {
    void *(*run)(void *);
    void *data;
} start_t;

static apr_uint32_t detached; /* of this process, so many run */
static apr_uint32_t is_watched;

static void *begin(void *data);
static apr_status_t create(start_t *start);
static void leave(void);

void ti_thread_block(sigset_t *before)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    sigset_t all;
    size_t i;

    sigfillset(&all);
    for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
        sigdelset(&all, crashes[i]);
    }
    pthread_sigmask(SIG_SETMASK, &all, before);
}

void ti_thread_unblock(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

int ti_thread_blocks(int number)
{
    sigset_t blocked;

    return pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0 &&
           sigismember(&blocked, number) == 1;
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
    start_t *start = malloc(sizeof(*start));
    apr_status_t rv;

    if (start == NULL) {
        return APR_ENOMEM;
    }
    start->run = run;
    start->data = data;
    if (__atomic_exchange_n(&is_watched, 1, __ATOMIC_ACQ_REL) == 0 &&
        atexit(leave) != 0) {
        TI_STORE(is_watched, 0);
        free(start);
        return APR_ENOMEM;
    }
    __atomic_add_fetch(&detached, 1, __ATOMIC_ACQ_REL);
    rv = create(start);
    if (rv != APR_SUCCESS) {
        __atomic_sub_fetch(&detached, 1, __ATOMIC_ACQ_REL);
        free(start);
    }
    return rv;
}

static apr_status_t create(start_t *start)
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
    rv = pthread_create(&thread, &attributes, begin, start);
    ti_thread_unblock(&before);
    pthread_attr_destroy(&attributes);
    return rv;
}

static void *begin(void *data)
{
    start_t start = *(start_t *)data;

    free(data);
    start.run(start.data);
    __atomic_sub_fetch(&detached, 1, __ATOMIC_ACQ_REL);
    return NULL;
}

/* The process exits, with its own pools gone already. What comes next frees the
 * configuration and unloads this code, below a thread that still runs. */
static void leave(void)
{
    if (TI_LOAD(detached) > 0) {
        fflush(NULL);
        _exit(EXIT_SUCCESS);
    }
}
