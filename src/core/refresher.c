/* SPDX-License-Identifier: Apache-2.0 */
#include "refresher.h"

#include <signal.h>
#include <string.h>

#include <apr_thread_proc.h>
#include <apr_strings.h>
#include <apr_thread_pool.h>

#include "policy.h"
#include "verify.h"

#define THREADS_MAX 4   /* renewals at once in one process */
#define WAITING_MAX 256 /* renewals waiting; more are dropped */

/* The threads' memory comes from a pool that is nobody's child: a child shares
 * its parent's allocator, which has no lock in a process of the prefork MPM. */
struct ti_refresher_t {
    apr_thread_pool_t *threads;
    apr_pool_t *own;
};

/* One renewal, in a pool of its own. */
typedef struct task_t {
    const ti_world_t *world;
    ti_question_t question;
    ti_policy_t policy;
    ti_key_t key;
} task_t;

static apr_status_t stop(void *data);
static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data);

apr_status_t ti_refresher_create(ti_refresher_t **refresher, apr_pool_t *p)
{
    ti_refresher_t *made = apr_pcalloc(p, sizeof(*made));
    apr_status_t rv;

    *refresher = NULL;
    rv = apr_pool_create_unmanaged_ex(&made->own, NULL, NULL);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    rv = apr_thread_pool_create(&made->threads, 0, THREADS_MAX, made->own);
    if (rv != APR_SUCCESS) {
        apr_pool_destroy(made->own);
        return rv;
    }
    apr_pool_pre_cleanup_register(p, made, stop);
    *refresher = made;
    return APR_SUCCESS;
}

void ti_refresher_add(ti_refresher_t *refresher, const ti_world_t *world,
                      const ti_question_t *question, const ti_key_t *key)
{
    sigset_t all;
    sigset_t before;
    apr_pool_t *p;
    task_t *task;

    if (apr_thread_pool_tasks_count(refresher->threads) >= WAITING_MAX ||
        apr_pool_create_unmanaged_ex(&p, NULL, NULL) != APR_SUCCESS) {
        return;
    }
    task = apr_pcalloc(p, sizeof(*task));
    task->world = world;
    task->key = *key;
    task->policy = *question->policy;
    task->question = *question;
    task->question.policy = &task->policy;
    task->question.token = apr_pstrmemdup(p, question->token, question->length);
    task->question.log = world->log;
    task->question.p = p;

    /* a thread inherits the mask: httpd's signals are for its own threads */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (apr_thread_pool_push(refresher->threads, run, task,
                             APR_THREAD_TASK_PRIORITY_NORMAL,
                             refresher) != APR_SUCCESS) {
        apr_pool_destroy(p);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data)
{
    task_t *task = data;

    (void)thread;
    apr_setup_signal_thread(); /* a crash is still to be seen as one */
    ti_verify_renew(task->world, &task->question, &task->key);
    explicit_bzero((char *)(apr_uintptr_t)task->question.token,
                   task->question.length);
    apr_pool_destroy(task->question.p);
    return NULL;
}

static apr_status_t stop(void *data)
{
    ti_refresher_t *refresher = data;
    apr_status_t rv = apr_thread_pool_destroy(refresher->threads);

    apr_pool_destroy(refresher->own);
    return rv;
}
