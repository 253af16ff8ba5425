/* SPDX-License-Identifier: Apache-2.0 */
#include "store/async.h"

#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/thread.h"
#include "base/wait.h"

/* One side decides, by compare and swap: the thread that ends, or the waiter
 * whose time is over. */
enum { UNDER_WAY = 0, DONE, ABANDONED };

static int waited_for; /* calls of this process that a request waits for */
static int abandoned;  /* and those that were abandoned */

static void *run(void *data);
static apr_status_t start(mai_async_t *call);
static apr_status_t wait_for(mai_async_t *call);
static void let_go(mai_async_t *call);

mai_async_t *mai_async_create(apr_status_t (*perform)(mai_async_t *),
                              void *self, apr_interval_time_t patience,
                              mai_waiter_t waiter)
{
    int counted = patience > 0 && waiter == MAI_WAITER_REQUEST;
    mai_async_t *call;
    apr_pool_t *p;

    if ((counted && __atomic_add_fetch(&waited_for, 1, __ATOMIC_RELAXED) >
                        MAI_ASYNC_WAITED) ||
        apr_pool_create_unmanaged_ex(&p, NULL, NULL) != APR_SUCCESS) {
        __atomic_sub_fetch(&waited_for, counted, __ATOMIC_RELAXED);
        return NULL;
    }
    call = apr_pcalloc(p, sizeof(*call));
    call->perform = perform;
    call->self = self;
    call->patience = patience;
    call->is_counted = counted;
    call->p = p;
    call->holders = 1;
    return call;
}

apr_status_t mai_async_run(mai_async_t *call)
{
    apr_status_t rv;

    if (call->patience == 0 || call->is_bounded) {
        return call->perform(call);
    }
    if (TI_LOAD(abandoned) >= MAI_ASYNC_ABANDONED) {
        return MAI_ASYNC_CLOGGED;
    }
    rv = start(call);
    return rv == APR_SUCCESS ? wait_for(call) : rv;
}

void mai_async_release(mai_async_t *call)
{
    if (call == NULL) {
        return;
    }
    __atomic_sub_fetch(&waited_for, call->is_counted, __ATOMIC_RELAXED);
    let_go(call);
}

/* A call that was left behind is its thread's, reason and all. */
void mai_async_describe(char *words, apr_size_t room, const mai_async_t *call,
                        apr_status_t rv)
{
    if (!APR_STATUS_IS_TIMEUP(rv) && call->why[0] != '\0') {
        apr_cpystrn(words, call->why, room);
    } else if (APR_STATUS_IS_EOF(rv)) {
        apr_cpystrn(words, "it closed the connection", room);
    } else {
        apr_strerror(rv, words, room);
    }
}

static void let_go(mai_async_t *call)
{
    if (__atomic_sub_fetch(&call->holders, 1, __ATOMIC_ACQ_REL) == 0) {
        apr_pool_destroy(call->p);
    }
}

static apr_status_t start(mai_async_t *call)
{
    apr_status_t rv;

    __atomic_add_fetch(&call->holders, 1, __ATOMIC_RELAXED);
    rv = ti_thread_detach(run, call);
    if (rv != APR_SUCCESS) {
        __atomic_sub_fetch(&call->holders, 1, __ATOMIC_RELAXED);
    }
    return rv;
}

static apr_status_t wait_for(mai_async_t *call)
{
    apr_time_t end = ti_clock_steady() + call->patience;
    apr_uint32_t state = UNDER_WAY;

    while (TI_LOAD(call->state) == UNDER_WAY) {
        apr_interval_time_t left = end - ti_clock_steady();

        if (left <= 0) {
            break;
        }
        ti_wait(&call->state, UNDER_WAY, left);
    }

    /* counted before the thread can take it back */
    __atomic_add_fetch(&abandoned, 1, __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(&call->state, &state, ABANDONED, 0,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        return APR_TIMEUP;
    }
    __atomic_sub_fetch(&abandoned, 1, __ATOMIC_RELAXED);
    return call->rv;
}

static void *run(void *data)
{
    mai_async_t *call = data;

    apr_setup_signal_thread(); /* a crash is still to be seen as one */
    call->rv = call->perform(call);
    if (__atomic_exchange_n(&call->state, DONE, __ATOMIC_ACQ_REL) ==
        ABANDONED) {
        __atomic_sub_fetch(&abandoned, 1, __ATOMIC_RELAXED);
    }
    ti_wait_wake(&call->state);
    let_go(call);
    return NULL;
}
