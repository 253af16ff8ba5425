/* SPDX-License-Identifier: Apache-2.0 */
#include "process/watcher.h"

#include <string.h>

#include <http_log.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "base/thread.h"
#include "base/wait.h"
#include "http/http.h"
#include "module.h"
#include "process/report.h"
#include "process/shared.h"
#include "server/reread.h"

APLOG_USE_MODULE(auth_introspect);

/* How often the thread looks at files, and thus how soon a change applies. */
#define LOOK apr_time_from_sec(2)

/* The longest wait for a look: far longer than a disk takes. */
#define PATIENCE apr_time_from_sec(1)

/* The thread of this process. It is in no pool: if a file system hangs, the
 * thread outlives the pools of the process. */
static struct {
    apr_uint32_t wanted; /* looks requested so far */
    apr_uint32_t served; /* those of them that are finished */
    apr_uint32_t is_ending;
    apr_uint32_t is_running;
    apr_time_t begun; /* start of the current look; 0: none */
    int may_be_old;   /* nonzero: kept connections may have old credentials */
    ti_log_t log;
} watcher;

static void *run(void *data);
static void look(int is_whole);
static int reread(mai_combination_t *server, apr_pool_t *p);
static const ti_server_t *renewed(const ti_server_t *server, apr_time_t until);
static void want(apr_time_t until);
static apr_status_t end(void *data);

void mai_watcher_child(server_rec *s, apr_pool_t *pchild)
{
    apr_status_t rv;

    memset(&watcher, 0, sizeof(watcher));
    if (!mai_shared_has_upkeep()) {
        return; /* nothing to do, and no merge of sections adds anything */
    }
    mai_report_server(&watcher.log, s);
    mai_shared_renew(renewed);
    TI_STORE(watcher.is_running, 1);
    rv = ti_thread_detach(run, NULL);
    if (rv != APR_SUCCESS) {
        TI_STORE(watcher.is_running, 0);
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, s,
                     "MAI%04d: mod_auth_introspect could not start the thread "
                     "that watches files of its settings",
                     TI_MSG_START_FAILED);
        return;
    }
    apr_pool_pre_cleanup_register(pchild, NULL, end);
    /* the files may have changed since the start */
    want(ti_clock_steady() + PATIENCE);
}

static void *run(void *data)
{
    apr_time_t due = 0; /* time of the next look at all files */

    (void)data;
    apr_setup_signal_thread(); /* unblock the signals of a crash */
    while (!TI_LOAD(watcher.is_ending)) {
        apr_uint32_t wanted = TI_LOAD(watcher.wanted);
        apr_time_t now = ti_clock_steady();

        TI_STORE(watcher.begun, now);
        look(now >= due);
        TI_STORE(watcher.begun, 0);
        due = now >= due ? now + LOOK : due;
        TI_STORE(watcher.served, wanted);
        ti_wait_wake(&watcher.served);
        now = ti_clock_steady();
        if (now < due) {
            ti_wait(&watcher.wanted, wanted, due - now);
        }
    }
    TI_STORE(watcher.is_running, 0);
    ti_wait_wake(&watcher.is_running);
    return NULL;
}

/* Look at the files of all servers, or only of those whose credentials were
 * refused. After a change this look, or the next one at all servers, closes the
 * kept connections, which may have old credentials. */
static void look(int is_whole)
{
    const ti_world_t *world = mai_shared_world();
    mai_combination_t *server;
    int has_changed = 0;
    apr_pool_t *p;
    int i;

    if (apr_pool_create_unmanaged_ex(&p, NULL, NULL) != APR_SUCCESS) {
        return;
    }
    for (i = 0; !TI_LOAD(watcher.is_ending) &&
                (server = mai_combination_changing(i)) != NULL;
         i++) {
        int is_wanted =
            __atomic_exchange_n(&server->is_wanted, 0, __ATOMIC_ACQ_REL);

        if (is_whole || is_wanted) {
            has_changed = reread(server, p) || has_changed;
            apr_pool_clear(p);
        }
    }
    if (world != NULL && is_whole && !TI_LOAD(watcher.is_ending)) {
        ti_http_sweep(world->http, has_changed || watcher.may_be_old);
        watcher.may_be_old = 0;
    }
    watcher.may_be_old = has_changed || watcher.may_be_old;
    apr_pool_destroy(p);
}

static int reread(mai_combination_t *server, apr_pool_t *p)
{
    const ti_world_t *world = mai_shared_world();
    apr_array_header_t *lines = apr_array_make(p, 1, sizeof(ti_line_t));
    int has_changed = mai_reread_look(server, lines, p);
    int i;

    for (i = 0; world != NULL && i < lines->nelts; i++) {
        ti_ratelimit_log(world->ratelimit, ti_clock_steady(), &watcher.log,
                         &APR_ARRAY_IDX(lines, i, ti_line_t));
    }
    return has_changed;
}

/* In any thread: the authorization server has refused the credentials of this
 * version. */
static const ti_server_t *renewed(const ti_server_t *server, apr_time_t until)
{
    mai_combination_t *owner = server->owner;
    const ti_server_t *now;

    if (owner == NULL) {
        return NULL;
    }
    if (mai_combination_now(owner) == server && mai_reread_applies(owner)) {
        TI_STORE(owner->is_wanted, 1);
        want(until);
    }
    now = mai_combination_now(owner);
    return now != server ? now : NULL;
}

/* Request a look and wait for it, at most until `until` or for PATIENCE. Does
 * not wait while the thread hangs. */
static void want(apr_time_t until)
{
    apr_uint32_t mine =
        __atomic_add_fetch(&watcher.wanted, 1, __ATOMIC_ACQ_REL);
    apr_time_t now = ti_clock_steady();

    until = until < now + PATIENCE ? until : now + PATIENCE;
    ti_wait_wake(&watcher.wanted);
    while (now < until) {
        apr_uint32_t served = TI_LOAD(watcher.served);
        apr_time_t begun = TI_LOAD(watcher.begun);

        if ((apr_int32_t)(served - mine) >= 0 ||
            (begun != 0 && now > begun + PATIENCE) ||
            !TI_LOAD(watcher.is_running)) {
            return;
        }
        ti_wait(&watcher.served, served, until - now);
        now = ti_clock_steady();
    }
}

/* Wait for the thread for PATIENCE at most: one that hangs is left behind. */
static apr_status_t end(void *data)
{
    apr_time_t now = ti_clock_steady();
    apr_time_t until = now + PATIENCE;

    (void)data;
    TI_STORE(watcher.is_ending, 1);
    __atomic_add_fetch(&watcher.wanted, 1, __ATOMIC_ACQ_REL);
    ti_wait_wake(&watcher.wanted);
    while (TI_LOAD(watcher.is_running) && now < until) {
        ti_wait(&watcher.is_running, 1, until - now);
        now = ti_clock_steady();
    }
    return APR_SUCCESS;
}
