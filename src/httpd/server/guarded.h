/* SPDX-License-Identifier: Apache-2.0
 *
 * A pool of one process, from which its threads allocate under a mutex.
 */
#ifndef MAI_GUARDED_H
#define MAI_GUARDED_H

#include <apr_pools.h>
#include <apr_thread_mutex.h>

/* Zero: it cannot be entered. */
typedef struct mai_guarded_t {
    apr_pool_t *p; /* it and its subpools: for the thread that has entered */
    apr_thread_mutex_t *mutex;
} mai_guarded_t;

/* In child_init: make a pool with an allocator of its own, in `pchild`. If that
 * fails, no thread can enter. */
void mai_guarded_create(mai_guarded_t *guarded, apr_pool_t *pchild);

/* Nonzero: the caller has the pool for itself until mai_guarded_leave. */
int mai_guarded_enter(const mai_guarded_t *guarded);
void mai_guarded_leave(const mai_guarded_t *guarded);

#endif
