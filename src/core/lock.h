/* SPDX-License-Identifier: Apache-2.0
 *
 * A mutex that lives in shared memory, for all processes, and survives the
 * death of its holder. The only file that knows pthread: APR's process mutex
 * is robust too, but hides that the last holder died, and costs a file or a
 * semaphore each; a shard of the table needs to know, and there are many.
 */
#ifndef TI_LOCK_H
#define TI_LOCK_H

#include <apr_errno.h>
#include <pthread.h>

typedef struct ti_lock_t {
    pthread_mutex_t mutex;
} ti_lock_t;

/* Make a lock at this place of shared memory. Returns an APR status. */
apr_status_t ti_lock_init(ti_lock_t *lock);

/* Take the lock. APR_SUCCESS; APR_INCOMPLETE: taken too, but its last holder
 * died inside, so the caller must first mend what the lock guards; any other
 * status: not taken. */
apr_status_t ti_lock_take(ti_lock_t *lock);

/* Give the lock back. */
void ti_lock_give(ti_lock_t *lock);

#endif
