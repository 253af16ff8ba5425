/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that processes share, for tests, and processes and threads in it.
 */
#ifndef T_SHARED_H
#define T_SHARED_H

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_time.h>

#include "base/key.h"
#include "tap.h"

/* Nothing that a test waits for may take longer. */
#define PATIENCE apr_time_from_sec(10)

/* Zeroed pages, aligned to far more than 64. */
static inline void *shared_open(apr_size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(memory, MAP_FAILED);
    return memory;
}

static inline ti_key_t key_of(const char *text)
{
    ti_key_t key;

    ck_assert_int_eq(ti_key_digest(&key, text, strlen(text)), APR_SUCCESS);
    return key;
}

/* A process that does this and then waits for its end. */
static inline pid_t process(void (*task)(void))
{
    pid_t child = fork();

    if (child == 0) {
        task();
        for (;;) {
            pause();
        }
    }
    ck_assert_int_gt(child, 0);
    return child;
}

static inline void end_process(pid_t child)
{
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

/* Wait until this holds; 0: it did not within PATIENCE. */
static inline int comes_true(int (*condition)(void))
{
    apr_time_t end = apr_time_now() + PATIENCE;

    while (!condition()) {
        if (apr_time_now() > end) {
            return 0;
        }
        apr_sleep(1000);
    }
    return 1;
}

/* Run the task in so many threads; its argument is the thread's number. */
static inline void crowd(int count, void *(*task)(void *))
{
    pthread_t threads[128];
    int i;

    ck_assert_int_le(count, 128);
    for (i = 0; i < count; i++) {
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, task, (void *)(apr_uintptr_t)i),
            0);
    }
    for (i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

#endif
