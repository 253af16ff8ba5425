/* SPDX-License-Identifier: Apache-2.0 */
#include "lock.h"

#include <errno.h>
#include <time.h>

static int wait_for(ti_lock_t *lock);

apr_status_t ti_lock_init(ti_lock_t *lock)
{
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);

    if (error != 0) {
        return APR_FROM_OS_ERROR(error);
    }

    error = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (error == 0) {
        error = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    }
    if (error == 0) {
        error = pthread_mutex_init(&lock->mutex, &attributes);
    }
    pthread_mutexattr_destroy(&attributes);
    return APR_FROM_OS_ERROR(error);
}

apr_status_t ti_lock_take(ti_lock_t *lock)
{
    int error = pthread_mutex_trylock(&lock->mutex);

    if (error == EBUSY) {
        error = wait_for(lock);
    }
    switch (error) {
    case 0:
        return APR_SUCCESS;
    case EOWNERDEAD:
        /* Should this holder die too, the next one is told again. */
        pthread_mutex_consistent(&lock->mutex);
        return APR_INCOMPLETE;
    case ETIMEDOUT:
        return APR_TIMEUP;
    default:
        return APR_FROM_OS_ERROR(error);
    }
}

void ti_lock_give(ti_lock_t *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

int ti_lock_plausible(const ti_lock_t *lock)
{
#ifdef __GLIBC__
    ti_lock_t model;

    /* A mutex of another type may abort, or change the scheduling. */
    return ti_lock_init(&model) == APR_SUCCESS &&
           lock->mutex.__data.__kind == model.mutex.__data.__kind;
#else
    return lock != NULL;
#endif
}

static int wait_for(ti_lock_t *lock)
{
    struct timespec end;
    apr_time_t moment;

    clock_gettime(CLOCK_REALTIME, &end);
    moment = apr_time_make(end.tv_sec, end.tv_nsec / 1000) + TI_LOCK_PATIENCE;
    end.tv_sec = (time_t)apr_time_sec(moment);
    end.tv_nsec = (long)apr_time_usec(moment) * 1000;
    return pthread_mutex_timedlock(&lock->mutex, &end);
}
