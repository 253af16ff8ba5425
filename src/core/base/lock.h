/* SPDX-License-Identifier: Apache-2.0
 *
 * A mutex that lives in shared memory, for all processes, and survives the
 * death of its holder. With thread.c all that calls pthread: APR's process
 * mutex is robust too, but hides that the last holder died, and costs a file or
 * a semaphore each; a shard of the table needs to know, and there are many.
 */
#ifndef TI_LOCK_H
#define TI_LOCK_H

#include <pthread.h>
#include <apr_errno.h>
#include <apr_time.h>

typedef struct ti_lock_t {
    pthread_mutex_t mutex;
} ti_lock_t;

/* The longest wait for one holder. Holders copy for some microseconds; one that
 * was stopped in between takes this long, and one that lacks a processor. For
 * that one, and where holders take turns, a wait goes on: the machine is busy,
 * and nobody is stuck. */
#define TI_LOCK_PATIENCE apr_time_from_msec(200)
#define TI_LOCK_PATIENCE_BUSY apr_time_from_sec(2)

/* Make a lock at this place of shared memory. Returns an APR status. */
apr_status_t ti_lock_init(ti_lock_t *lock);

/* Take the lock. APR_SUCCESS; APR_INCOMPLETE: taken, but its last holder died
 * inside, so the caller must first repair what the lock guards; APR_TIMEUP
 * after TI_LOCK_PATIENCE or TI_LOCK_PATIENCE_BUSY, or any other status: not
 * taken. */
apr_status_t ti_lock_take(ti_lock_t *lock);

/* Give the lock back. */
void ti_lock_give(ti_lock_t *lock);

/* Does this system tell when a holder dies? Emulated ones may not: then such a
 * lock is never free again. */
int ti_lock_survives(void);

/* Can these bytes, of unknown origin, be a lock that ti_lock_init made? Then
 * taking it is safe, whoever seems to hold it. */
int ti_lock_plausible(const ti_lock_t *lock);

#endif
