/* SPDX-License-Identifier: Apache-2.0 */
#include "process/keeper.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <apr_thread_proc.h>
#include <http_log.h>

#include "ask/document.h"
#include "base/clock.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "base/thread.h"
#include "http/http.h"
#include "module.h"
#include "process/report.h"
#include "process/shared.h"
#include "server/version.h"
#include "verify/replica.h"

APLOG_USE_MODULE(auth_introspect);

/* How often the thread looks for due work, and its pause after a server whose
 * metadata could not be fetched. */
#define LOOK apr_time_from_sec(1)
#define PAUSE apr_time_from_sec(5)

/* The thread of this process. */
static struct {
    apr_thread_t *thread;
    apr_thread_mutex_t *mutex;
    apr_thread_cond_t *wake;
    int is_ending; /* under the mutex */
    ti_log_t log;
} keeper;

static int renew(ti_outcome_t *outcome, mai_combination_t *server,
                 const ti_log_t *log, apr_time_t newer, apr_pool_t *p);
static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data);
static void look(apr_pool_t *p);
static void tell(const ti_server_t *server, const ti_log_t *log);
static void exchange(apr_pool_t *p);
static int is_due(const mai_combination_t *server, apr_time_t now);
static int wait_for_look(void);
static apr_status_t end(void *data);

int mai_keeper_discover(ti_outcome_t *outcome, mai_combination_t *server,
                        const ti_log_t *log, apr_pool_t *p)
{
    return renew(outcome, server, log, 0, p);
}

/* Adopts metadata that were fetched after `newer`. */
static int renew(ti_outcome_t *outcome, mai_combination_t *server,
                 const ti_log_t *log, apr_time_t newer, apr_pool_t *p)
{
    const ti_server_t *now = mai_combination_now(server);
    ti_question_t question = {0};
    const char *complaint;

    question.server = now;
    question.log = log;
    question.p = p;
    ti_document_metadata(outcome, mai_shared_world(), &question, newer);
    if (outcome->kind != TI_KIND_DOCUMENT) {
        return 0;
    }
    complaint = mai_version_adopt(server, outcome->body, outcome->answered, p);
    if (complaint != NULL) {
        outcome->kind = TI_KIND_NONE;
        outcome->verdict = TI_MISCONFIGURED;
        outcome->message = TI_MSG_DISCOVERY;
        outcome->cause = complaint;
    }
    if (complaint == NULL && mai_combination_now(server) != now) {
        tell(mai_combination_now(server), log);
    }
    return complaint == NULL;
}

/* Warn if its settings contradict its new metadata. */
static void tell(const ti_server_t *server, const ti_log_t *log)
{
    ti_line_t line = {TI_LOG_WARNING, TI_MSG_METHOD, server->discovery,
                      server->remark};

    if (server->remark != NULL) {
        ti_ratelimit_log(mai_shared_world()->ratelimit, ti_clock_steady(), log,
                         &line);
    }
}

void mai_keeper_child(server_rec *s, apr_pool_t *pchild)
{
    apr_status_t rv;

    memset(&keeper, 0, sizeof(keeper));
    if (!mai_shared_has_upkeep()) {
        return; /* nothing to do, and no merge of sections adds anything */
    }
    mai_report_server(&keeper.log, s);
    rv = apr_thread_mutex_create(&keeper.mutex, APR_THREAD_MUTEX_DEFAULT,
                                 pchild);
    if (rv == APR_SUCCESS) {
        rv = apr_thread_cond_create(&keeper.wake, pchild);
    }
    if (rv == APR_SUCCESS) {
        rv = ti_thread_attach(&keeper.thread, run, end, &keeper, pchild);
    }
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, s,
                     "MAI%04d: mod_auth_introspect could not start the thread "
                     "that refreshes metadata",
                     TI_MSG_START_FAILED);
    }
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data)
{
    apr_pool_t *p;

    (void)thread;
    (void)data;
    if (apr_pool_create(&p, NULL) != APR_SUCCESS) {
        return NULL;
    }
    do {
        look(p);
        exchange(p);
        apr_pool_clear(p);
    } while (wait_for_look());
    apr_pool_destroy(p);
    return NULL; /* apr_thread_join frees the thread */
}

/* Renew the metadata that are due. */
static void look(apr_pool_t *p)
{
    mai_combination_t *server;
    int i;

    for (i = 0; (server = mai_combination_changing(i)) != NULL; i++) {
        apr_time_t now = ti_clock_steady();
        ti_outcome_t outcome;

        if (mai_shared_world() == NULL) {
            return;
        }
        if (is_due(server, now) &&
            !renew(&outcome, server, &keeper.log, server->discovered, p)) {
            server->retry_at = ti_clock_steady() + PAUSE;
        }
    }
}

/* Exchange revocation marks with other machines. */
static void exchange(apr_pool_t *p)
{
    const ti_world_t *world = mai_shared_world();

    if (world != NULL) {
        ti_replica_exchange(world, mai_combination_age_max(), p);
    }
}

static int is_due(const mai_combination_t *server, apr_time_t now)
{
    const ti_server_t *ready = mai_combination_now(server);

    return ready->discovery != NULL && now >= server->retry_at &&
           now >= server->discovered +
                      (server->discovered > 0 ? ready->discovery_age : 0);
}

/* Wait for the next look. Zero: the process ends. */
static int wait_for_look(void)
{
    int is_ending;

    apr_thread_mutex_lock(keeper.mutex);
    if (!keeper.is_ending) {
        apr_thread_cond_timedwait(keeper.wake, keeper.mutex, LOOK);
    }
    is_ending = keeper.is_ending;
    apr_thread_mutex_unlock(keeper.mutex);
    return !is_ending;
}

/* Abort a running exchange first, so that the process need not wait for it. */
static apr_status_t end(void *data)
{
    const ti_world_t *world = mai_shared_world();
    apr_status_t rv;

    (void)data;
    if (world != NULL) {
        ti_http_abort(world->http);
    }
    apr_thread_mutex_lock(keeper.mutex);
    keeper.is_ending = 1;
    apr_thread_cond_signal(keeper.wake);
    apr_thread_mutex_unlock(keeper.mutex);
    return apr_thread_join(&rv, keeper.thread);
}
