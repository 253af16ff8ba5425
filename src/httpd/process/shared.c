/* SPDX-License-Identifier: Apache-2.0 */
#include "process/shared.h"

#include <string.h>

#include <ap_mpm.h>
#include <http_config.h>
#include <http_log.h>

#include "base/history.h"
#include "base/key.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "base/recent.h"
#include "cache/table.h"
#include "config/config.h"
#include "http/http.h"
#include "module.h"
#include "process/caches.h"
#include "process/keysecret.h"
#include "process/marks.h"
#include "process/meter.h"
#include "process/report.h"
#include "process/segment.h"
#include "server/combination.h"
#include "server/ready.h"
#include "store/socache.h"
#include "traffic/flights.h"
#include "traffic/waiters.h"
#include "verify/refresher.h"
#include "verify/verify.h"

APLOG_USE_MODULE(auth_introspect);

/* Survives a graceful restart: plain data only, because httpd unloads and
 * reloads the module in between. The memory is anonymous: it has no file and no
 * semaphore, and is freed with the last process that maps it. */
typedef struct kept_t {
    mai_caches_t caches;
    mai_segment_t segment;
    apr_pool_t *forever; /* lives as long as the parent process */
    mai_keysecret_t secret;
} kept_t;

/* The version is in the name: another one starts empty, as its layout may
 * differ. */
static const char kept_name[] = "mod_auth_introspect " MAI_VERSION " 4";

/* Of this generation: made in post_config, inherited by the children. */
static mai_seals_t seals;
static ti_key_secrets_t secrets;
static ti_world_t world;
static ti_log_t server_log;
static int ready;

static kept_t *keep(const server_rec *s);
static apr_status_t abort_network(void *data);
static void announce(const server_rec *s);

/* The log line names the source line of the caller. */
#define complain(s, rv, what) complain_at(__LINE__, (s), (rv), (what))
static apr_status_t complain_at(int line, server_rec *s, apr_status_t rv,
                                const char *what);

apr_status_t mai_shared_open(server_rec *s, apr_pool_t *pconf)
{
    mai_cache_config_t *config = mai_config_cache();
    kept_t *kept = keep(s);
    apr_status_t rv;

    memset(&world, 0, sizeof(world));
    world.clock = apr_time_now;
    world.steady = ti_clock_steady;
    rv = ti_keys_open(pconf);
    if (rv == APR_SUCCESS) {
        rv = ti_recent_open();
    }
    if (rv == APR_SUCCESS) {
        rv = ti_key_random(&world.machine, sizeof(world.machine));
    }
    if (rv == APR_SUCCESS) {
        rv = mai_keysecret_open(&secrets, &seals, &kept->secret, config, pconf);
    }
    if (rv != APR_SUCCESS) {
        return complain(s, rv, "make a random secret");
    }
    rv = mai_meter_pace(&world.ratelimit, pconf);
    if (rv != APR_SUCCESS) {
        return complain(s, rv, "get shared memory for its counters");
    }
    rv = mai_marks_open(&world, s, &secrets, pconf);
    if (rv != APR_SUCCESS) {
        return complain(s, rv, "get shared memory for revocation marks");
    }
    rv = mai_caches_open(&kept->caches, config->table_size, kept->forever,
                         pconf);
    if (rv != APR_SUCCESS) {
        return complain(s, rv,
                        "get shared memory for IntrospectCache (is its size "
                        "larger than the memory?)");
    }
    if (config->socache != NULL) {
        rv = mai_socache_open(config->socache, s, pconf);
        if (rv != APR_SUCCESS) {
            return complain(s, rv, "open the store of IntrospectCache");
        }
    }
    mai_ready_arm(&secrets, mai_segment_workers(), pconf);
    mai_combination_begin();
    announce(s);
    return APR_SUCCESS;
}

apr_status_t mai_shared_meet(server_rec *s, apr_pool_t *pconf)
{
    kept_t *kept = keep(s);
    apr_status_t rv = mai_segment_open(
        &kept->segment, &world, mai_ready_count(), s, kept->forever, pconf);

    if (rv == APR_SUCCESS) {
        rv = mai_meter_open(&world.metrics, s, mai_ready_rows(), pconf);
    }
    if (rv == APR_SUCCESS) {
        rv = mai_meter_past(&world, s);
    }
    if (rv != APR_SUCCESS) {
        return complain(s, rv, "get shared memory for its counters");
    }
    ti_ratelimit_count(world.ratelimit, world.metrics);
    mai_ready_number(world.flights, world.metrics);
    return APR_SUCCESS;
}

void mai_shared_sample(void)
{
    if (world.history != NULL) {
        ti_history_note(world.history, world.metrics, ti_clock_steady());
    }
}

void mai_shared_bury(apr_int64_t number)
{
    ti_flights_reap(world.flights, number);
    ti_waiters_reap(world.waiters, number);
}

void mai_shared_stop(void)
{
    if (ready) {
        ti_flights_abort(world.flights);
        ti_http_abort(world.http);
    }
}

void mai_shared_child(server_rec *s, apr_pool_t *pchild)
{
    int threads = 1; /* the number of idle connections to keep */
    apr_status_t rv;

    mai_report_server(&server_log, s);
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    ready = 0;
    ti_waiters_attach(world.waiters);
    world.log = &server_log;
    rv = ti_http_create(&world.http, threads > 0 ? threads : 1, pchild);
    if (rv != APR_SUCCESS) {
        complain(s, rv, "open the network");
        return;
    }
    rv = mai_caches_child(&world, &seals, pchild);
    if (rv != APR_SUCCESS) {
        complain(s, rv, "open the cache");
        return;
    }
    rv = ti_refresher_create(&world.refresher, ti_verify_refresh, pchild);
    if (rv != APR_SUCCESS) {
        complain(s, rv, "start background threads");
        return;
    }
    apr_pool_pre_cleanup_register(pchild, world.http, abort_network);
    ready = 1;
}

void mai_shared_renew(const ti_server_t *(*renewed)(const ti_server_t *,
                                                    apr_time_t))
{
    world.renewed = renewed;
}

const ti_world_t *mai_shared_world(void)
{
    return ready ? &world : NULL;
}

int mai_shared_has_upkeep(void)
{
    return ready &&
           (mai_combination_changing(0) != NULL || world.shared != NULL);
}

ti_ratelimit_t *mai_shared_pace(void)
{
    return world.ratelimit;
}

static kept_t *keep(const server_rec *s)
{
    kept_t *kept = ap_retained_data_get(kept_name);

    if (kept == NULL) {
        kept = ap_retained_data_create(kept_name, sizeof(*kept));
        kept->forever = s->process->pool;
    }
    return kept;
}

static apr_status_t abort_network(void *data)
{
    ready = 0;
    ti_http_abort(data);
    return APR_SUCCESS;
}

static void announce(const server_rec *s)
{
    ti_table_stats_t stats = {0};

    if (mai_caches_table() != NULL) {
        ti_table_stats(mai_caches_table(), &stats);
    }
    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, s,
                 "MAI%04d: mod_auth_introspect " MAI_VERSION
                 ": %" APR_UINT64_T_FMT " bytes for answers, %" APR_UINT64_T_FMT
                 " answers kept",
                 TI_MSG_STARTED, stats.capacity, stats.entries);
}

static apr_status_t complain_at(int line, server_rec *s, apr_status_t rv,
                                const char *what)
{
    ap_log_error(__FILE__, line, APLOG_MODULE_INDEX, APLOG_ERR, rv, s,
                 "MAI%04d: mod_auth_introspect could not %s",
                 TI_MSG_START_FAILED, what);
    return rv;
}
