/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/refresher.h"

#include <string.h>

#include <apr_allocator.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <apr_thread_pool.h>
#include <apr_thread_proc.h>

#include "base/atomic.h"
#include "base/thread.h"
#include "claims/policy.h"

/* Renewals at once in one process: with a server that takes 300 ms these are
 * 26 a second, and as many as go beyond the usual IntrospectCallsMax. */
#define THREADS_MAX 8

#define WAITING_MAX 256 /* renewals waiting; more are dropped */

/* Keys that are queued, being renewed, or have just failed. Two keys with the
 * same word replace each other, at the cost of one more question or a pause
 * that is too short. */
#define PENDING 512

/* A key that was queued is not queued again for so long, unless its renewal
 * ends before. A full queue takes less with a server that works. */
#define PENDING_MAX apr_time_from_sec(10)

/* The interval of checks for busy threads when the process ends. */
#define LOOK apr_time_from_msec(1)

#define MSEC(time) ((apr_uint32_t)apr_time_as_msec(time))

struct ti_refresher_t {
    apr_thread_pool_t *threads;
    apr_pool_t *own;
    ti_refresh_t refresh;
    int is_ending;

    /* Each in one word, so that it changes at once without a lock:
     *
     *   63         32 31                 0
     *  | of the key  | milliseconds of   |   not to be queued before then; what
     *  | 4 bytes     | the steady clock  |   is more than PENDING_MAX ahead is
     * of before these bits wrapped around
     */
    apr_uint64_t pending[PENDING];
};

/* One renewal, in a pool of its own. */
typedef struct task_t {
    const ti_world_t *world;
    ti_refresher_t *refresher;
    ti_question_t question;
    ti_policy_t policy;
} task_t;

static apr_status_t open_pool(apr_pool_t **own);
static task_t *task_make(const ti_world_t *world,
                         const ti_question_t *question);
static apr_status_t push(ti_refresher_t *refresher, task_t *task);
static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data);
static int take(ti_refresher_t *refresher, const ti_key_t *key, apr_time_t now);
static void put(ti_refresher_t *refresher, const ti_key_t *key,
                apr_time_t until);
static apr_uint64_t *pending_of(ti_refresher_t *refresher, const ti_key_t *key);
static apr_uint64_t word_of(const ti_key_t *key, apr_time_t until);
static int is_same(apr_uint64_t word, const ti_key_t *key);
static int is_busy(apr_thread_pool_t *threads);
static apr_status_t stop(void *data);

apr_status_t ti_refresher_create(ti_refresher_t **refresher,
                                 ti_refresh_t refresh, apr_pool_t *p)
{
    ti_refresher_t *made = apr_pcalloc(p, sizeof(*made));
    apr_status_t rv;

    *refresher = NULL;
    made->refresh = refresh;
    rv = open_pool(&made->own);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = apr_thread_pool_create(&made->threads, 0, THREADS_MAX, made->own);
    if (rv != APR_SUCCESS) {
        apr_pool_destroy(made->own);
        return rv;
    }
    /* threads are kept: APR does not free the memory of one that ends */
    apr_thread_pool_idle_max_set(made->threads, THREADS_MAX);
    apr_pool_pre_cleanup_register(p, made, stop);
    *refresher = made;
    return APR_SUCCESS;
}

void ti_refresher_add(ti_refresher_t *refresher, const ti_world_t *world,
                      const ti_question_t *question, apr_time_t now)
{
    apr_status_t rv = APR_ENOMEM;
    task_t *task;

    if (apr_thread_pool_tasks_count(refresher->threads) >= WAITING_MAX ||
        !take(refresher, &question->key, now)) {
        return;
    }
    task = task_make(world, question);
    if (task != NULL) {
        rv = push(refresher, task);
    }
    if (rv != APR_SUCCESS) {
        put(refresher, &question->key, now + TI_REFRESH_PAUSE);
    }
}

/* A pool without a parent, since a child shares its parent's allocator,
 * which has no lock in a process of the prefork MPM; and with a lock, since
 * each thread of the thread pool has a child of it. */
static apr_status_t open_pool(apr_pool_t **own)
{
    apr_thread_mutex_t *lock;
    apr_allocator_t *allocator;
    apr_status_t rv = apr_allocator_create(&allocator);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = apr_pool_create_unmanaged_ex(own, NULL, allocator);
    if (rv != APR_SUCCESS) {
        apr_allocator_destroy(allocator);
        return rv;
    }
    apr_allocator_owner_set(allocator, *own);
    rv = apr_thread_mutex_create(&lock, APR_THREAD_MUTEX_DEFAULT, *own);
    if (rv != APR_SUCCESS) {
        apr_pool_destroy(*own);
        return rv;
    }
    apr_allocator_mutex_set(allocator, lock);
    return APR_SUCCESS;
}

static task_t *task_make(const ti_world_t *world, const ti_question_t *question)
{
    apr_pool_t *p;
    task_t *task;

    if (apr_pool_create_unmanaged_ex(&p, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    task = apr_pcalloc(p, sizeof(*task));
    task->world = world;
    task->policy = *question->policy;
    task->question = *question;
    task->question.policy = &task->policy;
    task->question.token = apr_pstrmemdup(p, question->token, question->length);
    task->question.log = world->log;
    task->question.p = p;
    task->question.was_active = 1;
    task->question.headers = NULL; /* the request's, which ends */
    task->question.recent = NULL;  /* the connection may end before this */
    task->question.client = NULL;
    task->policy.issuer = NULL; /* what judges is the request's memory */
    task->policy.audiences = NULL;
    return task;
}

/* Whatever the result, the task is no longer ours: if no thread could be made,
 * it is queued for the next one. */
static apr_status_t push(ti_refresher_t *refresher, task_t *task)
{
    sigset_t before;
    apr_status_t rv;

    task->refresher = refresher;
    ti_thread_block(&before);
    rv = apr_thread_pool_push(refresher->threads, run, task,
                              APR_THREAD_TASK_PRIORITY_NORMAL, refresher);
    ti_thread_unblock(&before);
    return rv;
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data)
{
    task_t *task = data;
    const ti_world_t *world = task->world;
    int is_fine = 0;

    (void)thread;
    apr_setup_signal_thread(); /* a crash must still show as one */
    if (!TI_LOAD(task->refresher->is_ending)) {
        is_fine = task->refresher->refresh(world, &task->question);
    }
    put(task->refresher, &task->question.key,
        is_fine ? 0 : world->steady() + TI_REFRESH_PAUSE);
    explicit_bzero((char *)(apr_uintptr_t)task->question.token,
                   task->question.length);
    apr_pool_destroy(task->question.p);
    return NULL;
}

/* Claim a key. Zero: another thread has it, or its pause is not over. */
static int take(ti_refresher_t *refresher, const ti_key_t *key, apr_time_t now)
{
    apr_uint64_t *word = pending_of(refresher, key);
    apr_uint64_t seen = TI_LOAD(*word);
    apr_uint32_t left = (apr_uint32_t)seen - MSEC(now);

    if (is_same(seen, key) && left > 0 && left <= MSEC(PENDING_MAX)) {
        return 0;
    }
    return __atomic_compare_exchange_n(word, &seen,
                                       word_of(key, now + PENDING_MAX), 0,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* Release a key, which is not queued again before `until`. */
static void put(ti_refresher_t *refresher, const ti_key_t *key,
                apr_time_t until)
{
    apr_uint64_t *word = pending_of(refresher, key);
    apr_uint64_t seen = TI_LOAD(*word);

    if (is_same(seen, key)) {
        __atomic_compare_exchange_n(word, &seen,
                                    until > 0 ? word_of(key, until) : 0, 0,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }
}

static apr_uint64_t *pending_of(ti_refresher_t *refresher, const ti_key_t *key)
{
    apr_uint32_t hash;

    memcpy(&hash, key->bytes, sizeof(hash));
    return &refresher->pending[hash % PENDING];
}

static apr_uint64_t word_of(const ti_key_t *key, apr_time_t until)
{
    apr_uint32_t name;

    memcpy(&name, key->bytes + 4, sizeof(name));
    return (apr_uint64_t)name << 32 | MSEC(until);
}

static int is_same(apr_uint64_t word, const ti_key_t *key)
{
    return word >> 32 == word_of(key, 0) >> 32;
}

/* Is there a thread that works, or will? */
static int is_busy(apr_thread_pool_t *threads)
{
    return apr_thread_pool_threads_count(threads) > 0 &&
           (apr_thread_pool_tasks_count(threads) > 0 ||
            apr_thread_pool_busy_count(threads) > 0);
}

static apr_status_t stop(void *data)
{
    ti_refresher_t *refresher = data;
    apr_status_t rv;

    /* queued renewals are dropped; a thread that is busy must end before its
     * pool */
    TI_STORE(refresher->is_ending, 1);
    while (is_busy(refresher->threads)) {
        apr_sleep(LOOK);
    }
    rv = apr_thread_pool_destroy(refresher->threads);
    apr_pool_destroy(refresher->own);
    return rv;
}
