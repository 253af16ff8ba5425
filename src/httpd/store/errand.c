/* SPDX-License-Identifier: Apache-2.0 */
#include "store/errand.h"

#include <pthread.h>
#include <signal.h>

#include <apr_thread_proc.h>

#include "base/wait.h"

/* Which of them it is, one side decides: the thread that comes to its end, or
 * who waits and loses patience. */
enum { UNDER_WAY = 0, DONE, LEFT };

static int waited_for;  /* errands of this process that somebody holds */
static int left_behind; /* and those that nobody waits for any more */

static void *run(void *data);
static apr_status_t start(mai_errand_t *errand);
static apr_status_t wait_for(mai_errand_t *errand);
static void let_go(mai_errand_t *errand);

mai_errand_t *mai_errand_create(apr_status_t (*perform)(mai_errand_t *),
                                void *self, apr_interval_time_t patience)
{
    int counted = patience > 0;
    mai_errand_t *errand;
    apr_pool_t *p;

    if ((counted && __atomic_add_fetch(&waited_for, 1, __ATOMIC_RELAXED) >
                        MAI_ERRANDS_WAITED) ||
        apr_pool_create_unmanaged_ex(&p, NULL, NULL) != APR_SUCCESS) {
        __atomic_sub_fetch(&waited_for, counted, __ATOMIC_RELAXED);
        return NULL;
    }
    errand = apr_pcalloc(p, sizeof(*errand));
    errand->perform = perform;
    errand->self = self;
    errand->patience = patience;
    errand->p = p;
    errand->holders = 1;
    return errand;
}

apr_status_t mai_errand_run(mai_errand_t *errand)
{
    apr_status_t rv;

    if (errand->patience == 0) {
        return errand->perform(errand);
    }
    if (__atomic_load_n(&left_behind, __ATOMIC_RELAXED) >= MAI_ERRANDS_LEFT) {
        return MAI_ERRAND_CLOGGED;
    }
    rv = start(errand);
    return rv == APR_SUCCESS ? wait_for(errand) : rv;
}

void mai_errand_release(mai_errand_t *errand)
{
    if (errand == NULL) {
        return;
    }
    if (errand->patience > 0) {
        __atomic_sub_fetch(&waited_for, 1, __ATOMIC_RELAXED);
    }
    let_go(errand);
}

static void let_go(mai_errand_t *errand)
{
    if (__atomic_sub_fetch(&errand->holders, 1, __ATOMIC_ACQ_REL) == 0) {
        apr_pool_destroy(errand->p);
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

static apr_status_t wait_for(mai_errand_t *errand)
{
    apr_time_t end = ti_wait_clock() + errand->patience;
    apr_uint32_t state = UNDER_WAY;

    while (__atomic_load_n(&errand->state, __ATOMIC_ACQUIRE) == UNDER_WAY) {
        apr_interval_time_t left = end - ti_wait_clock();

        if (left <= 0) {
            break;
        }
        ti_wait(&errand->state, UNDER_WAY, left);
    }

    /* counted before the thread can take it back */
    __atomic_add_fetch(&left_behind, 1, __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(&errand->state, &state, LEFT, 0,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        return APR_TIMEUP;
    }
    __atomic_sub_fetch(&left_behind, 1, __ATOMIC_RELAXED);
    return errand->rv;
}

static void *run(void *data)
{
    mai_errand_t *errand = data;

    apr_setup_signal_thread(); /* a crash is still to be seen as one */
    errand->rv = errand->perform(errand);
    if (__atomic_exchange_n(&errand->state, DONE, __ATOMIC_ACQ_REL) == LEFT) {
        __atomic_sub_fetch(&left_behind, 1, __ATOMIC_RELAXED);
    }
    ti_wait_wake(&errand->state);
    let_go(errand);
    return NULL;
}
