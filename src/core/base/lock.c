/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lock.h"

#include <errno.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif
#include <time.h>

#include "base/process.h"
#include "base/sanitizer.h"

/* At the lock, within TI_LOCK_PATIENCE and TI_LOCK_PATIENCE_BUSY. */
#define LOOKS 20
#define LOOK (TI_LOCK_PATIENCE / LOOKS)
#define LOOKS_BUSY (TI_LOCK_PATIENCE_BUSY / LOOK)

/* A wait by a clock that cannot be set, where the C library has one.
 * ThreadSanitizer does not know that function and would miss the lock. */
#if defined(__GLIBC__) && !TI_SANITIZER_THREAD
#if __GLIBC_PREREQ(2, 30)
#define HAVE_CLOCKLOCK
#endif
#endif
#ifdef HAVE_CLOCKLOCK
#define PATIENCE_CLOCK CLOCK_MONOTONIC
#define timed_lock(mutex, end)                                                 \
    pthread_mutex_clocklock((mutex), CLOCK_MONOTONIC, (end))
#else
#define PATIENCE_CLOCK CLOCK_REALTIME
#define timed_lock pthread_mutex_timedlock
#endif

static int wait_for(ti_lock_t *lock);
static int look_at(ti_lock_t *lock);
static apr_int64_t holder_of(const ti_lock_t *lock);

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
        /* Before the caller mends, not after: a holder who dies while mending
         * leaves a mutex that the next one is told of again. One that was
         * never made consistent would be lost for ever. */
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

int ti_lock_survives(void)
{
#if defined(__linux__) && defined(SYS_get_robust_list)
    void *head = NULL;
    size_t length = 0;

    return syscall(SYS_get_robust_list, 0, &head, &length) == 0 && head != NULL;
#else
    return 1;
#endif
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

/* A waiter that is killed after it was woken takes the wake-up of the others
 * with it: so look again several times. */
static int wait_for(ti_lock_t *lock)
{
    apr_int64_t holder = holder_of(lock);
    int error = ETIMEDOUT;
    int same = 0; /* looks at one holder */
    int i;

    for (i = 0; i < LOOKS_BUSY && error == ETIMEDOUT; i++) {
        apr_int64_t before = holder;

        error = look_at(lock);
        holder = holder_of(lock);
        same = holder == before ? same + 1 : 0;
        if (same >= LOOKS) {
            if (!ti_process_runs(holder)) {
                break;
            }
            same = 0;
        }
    }
    return error;
}

static int look_at(ti_lock_t *lock)
{
    struct timespec end;
    apr_time_t moment;

    clock_gettime(PATIENCE_CLOCK, &end);
    moment = apr_time_make(end.tv_sec, end.tv_nsec / 1000) + LOOK;
    end.tv_sec = (time_t)apr_time_sec(moment);
    end.tv_nsec = (long)apr_time_usec(moment) * 1000;
    return timed_lock(&lock->mutex, &end);
}

/* The number of a thread; 0 where it is not known. */
static apr_int64_t holder_of(const ti_lock_t *lock)
{
#ifdef __GLIBC__
    return __atomic_load_n(&lock->mutex.__data.__owner, __ATOMIC_RELAXED);
#else
    (void)lock;
    return 0;
#endif
}
