/* SPDX-License-Identifier: Apache-2.0 */
#include "server/guarded.h"

#include <apr_allocator.h>

static apr_status_t forget(void *data);

void mai_guarded_create(mai_guarded_t *guarded, apr_pool_t *pchild)
{
    apr_allocator_t *allocator;
    apr_pool_t *p;

    guarded->p = NULL;
    if (apr_thread_mutex_create(&guarded->mutex, APR_THREAD_MUTEX_DEFAULT,
                                pchild) != APR_SUCCESS ||
        apr_allocator_create(&allocator) != APR_SUCCESS) {
        return;
    }
    if (apr_pool_create_ex(&p, pchild, NULL, allocator) != APR_SUCCESS) {
        apr_allocator_destroy(allocator);
        return;
    }
    apr_allocator_owner_set(allocator, p);
    guarded->p = p;
    apr_pool_cleanup_register(pchild, guarded, forget, apr_pool_cleanup_null);
}

int mai_guarded_enter(const mai_guarded_t *guarded)
{
    return guarded->p != NULL &&
           apr_thread_mutex_lock(guarded->mutex) == APR_SUCCESS;
}

void mai_guarded_leave(const mai_guarded_t *guarded)
{
    apr_thread_mutex_unlock(guarded->mutex);
}

/* A thread that outlives the pool cannot enter any more. */
static apr_status_t forget(void *data)
{
    mai_guarded_t *guarded = data;

    guarded->p = NULL;
    return APR_SUCCESS;
}
