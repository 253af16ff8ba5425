/* SPDX-License-Identifier: Apache-2.0 */
#include "process/status.h"

#include <apr_strings.h>
#include <httpd.h>
#include <http_protocol.h>
#include <mod_status.h>
#include <apr_optional_hooks.h>

#include "base/metric.h"
#include "cache/table.h"
#include "process/caches.h"
#include "process/shared.h"
#include "traffic/flights.h"
#include "traffic/waiters.h"
#include "verify/revocation.h"

/* The sums over all servers, and over all endpoints. */
typedef struct sums_t {
    apr_uint64_t servers[TI_METRIC_WORDS];
    apr_uint64_t endpoints[TI_METRIC_WORDS];
} sums_t;

static int show(request_rec *r, int flags);
static void sum(sums_t *sums, const ti_metrics_t *metrics);
static void show_sums(request_rec *r, int flags, const sums_t *sums);
static void show_number(request_rec *r, int flags, const char *name,
                        apr_uint64_t number);
static void show_table(request_rec *r, int flags);
static void show_servers(request_rec *r, int flags);
static void show_server(request_rec *r, int flags, const ti_metric_row_t *row);
static void show_endpoint(request_rec *r, int flags,
                          const ti_metric_row_t *row);
static const char *word_of(ti_breaker_state_t state);

void mai_status_register(void)
{
    APR_OPTIONAL_HOOK(ap, status_hook, show, NULL, NULL, APR_HOOK_MIDDLE);
}

static int show(request_rec *r, int flags)
{
    const ti_world_t *world = mai_shared_world();
    sums_t sums = {{0}, {0}};

    if (world == NULL) {
        return OK;
    }
    if (!(flags & AP_STATUS_SHORT)) {
        ap_rputs("<hr>\n<h2>Token introspection</h2>\n<table>\n", r);
    }
    sum(&sums, world->metrics);
    show_sums(r, flags, &sums);
    show_number(r, flags, "Waiting", ti_waiters_count(world->waiters));
    show_number(r, flags, "Revocations",
                ti_revocations_count(world->revocations, world->steady()));
    show_table(r, flags);
    show_servers(r, flags);
    if (!(flags & AP_STATUS_SHORT)) {
        ap_rputs("</table>\n", r);
    }
    return OK;
}

static void sum(sums_t *sums, const ti_metrics_t *metrics)
{
    ti_metric_row_t row;
    apr_uint32_t number;
    int i;

    for (number = 0; number < ti_metrics_rows(metrics); number++) {
        if (!ti_metric_read(&row, metrics, number)) {
            continue;
        }
        for (i = 0; i < TI_METRIC_WORDS; i++) {
            sums->servers[i] += row.kind == TI_METRIC_SERVER ? row.words[i] : 0;
            sums->endpoints[i] +=
                row.kind == TI_METRIC_ENDPOINT ? row.words[i] : 0;
        }
    }
}

static void show_sums(request_rec *r, int flags, const sums_t *sums)
{
    const apr_uint64_t *words = sums->servers;
    const apr_uint64_t *lookups = words + TI_WORD_LOOKUP;
    const apr_uint64_t *refused = words + TI_WORD_REFUSED;
    apr_uint64_t asks = 0;
    int i;

    for (i = 0; i < TI_CAUSES * TI_OUTCOMES; i++) {
        asks += sums->endpoints[TI_WORD_ASKED + i];
    }
    show_number(r, flags, "Hits", lookups[TI_LOOKUP_HIT]);
    show_number(r, flags, "NegativeHits", lookups[TI_LOOKUP_NEGATIVE]);
    show_number(r, flags, "Misses", lookups[TI_LOOKUP_MISS]);
    show_number(r, flags, "Waits", lookups[TI_LOOKUP_WAIT]);
    show_number(r, flags, "Asks", asks);
    show_number(r, flags, "Refreshes",
                words[TI_WORD_REFRESHED] + words[TI_WORD_REFRESHED + 1]);
    show_number(r, flags, "Stale", lookups[TI_LOOKUP_STALE]);
    show_number(r, flags, "RefusedFull",
                refused[TI_REFUSED_LIMIT] + refused[TI_REFUSED_WORKERS] +
                    refused[TI_REFUSED_LOCK]);
    show_number(r, flags, "RefusedPaced", refused[TI_REFUSED_BREAKER]);
}

static void show_number(request_rec *r, int flags, const char *name,
                        apr_uint64_t number)
{
    ap_rprintf(r,
               flags & AP_STATUS_SHORT ? "Introspect%s: %" APR_UINT64_T_FMT "\n"
                                       : "<tr><td>%s</td><td>%" APR_UINT64_T_FMT
                                         "</td></tr>\n",
               name, number);
}

static void show_table(request_rec *r, int flags)
{
    ti_table_stats_t stats;

    if (mai_caches_table() == NULL) {
        return;
    }
    ti_table_stats(mai_caches_table(), &stats);
    show_number(r, flags, "Entries", stats.entries);
    show_number(r, flags, "Bytes", stats.bytes);
    show_number(r, flags, "Capacity", stats.capacity);
    show_number(r, flags, "Stores", stats.stores);
    show_number(r, flags, "Evictions", stats.evictions);
    show_number(r, flags, "Repairs", stats.repairs);
}

/* With the names of the metrics, which contain no paths. */
static void show_servers(request_rec *r, int flags)
{
    const ti_world_t *world = mai_shared_world();
    apr_uint32_t number;
    ti_metric_row_t row;

    for (number = TI_METRIC_NO_ENDPOINT + 1;
         number < ti_metrics_rows(world->metrics); number++) {
        if (!ti_metric_read(&row, world->metrics, number) || !row.listed) {
            continue;
        }
        if (row.kind == TI_METRIC_SERVER) {
            show_server(r, flags, &row);
        } else if (row.kind == TI_METRIC_ENDPOINT) {
            show_endpoint(r, flags, &row);
        }
    }
}

static void show_server(request_rec *r, int flags, const ti_metric_row_t *row)
{
    ti_flights_state_t state;

    ti_flights_state(mai_shared_world()->flights,
                     (apr_uint32_t)row->gauges[TI_GAUGE_NUMBER], &state);
    ap_rprintf(r,
               flags & AP_STATUS_SHORT
                   ? "IntrospectServer %s: %s %u %u\n"
                   : "<tr><td>Server %s</td><td>%s, %u questions under way, "
                     "%u requests in line</td></tr>\n",
               ap_escape_html(r->pool, row->server),
               word_of(ti_flights_breaker_state(state.mode)), state.in_flight,
               state.waiting);
}

static void show_endpoint(request_rec *r, int flags, const ti_metric_row_t *row)
{
    const ti_world_t *world = mai_shared_world();

    ap_rprintf(r,
               flags & AP_STATUS_SHORT
                   ? "IntrospectEndpoint %s %s: %s\n"
                   : "<tr><td>Endpoint of %s</td><td>%s, %s</td></tr>\n",
               ap_escape_html(r->pool, row->server), row->endpoint,
               word_of(ti_flights_endpoint(
                   world->flights, (apr_uint32_t)row->gauges[TI_GAUGE_NUMBER],
                   (int)row->gauges[TI_GAUGE_BREAKER] - 1, world->steady())));
}

static const char *word_of(ti_breaker_state_t state)
{
    static const char *const words[TI_BREAKER_STATES] = {"closed", "half_open",
                                                         "open"};

    return words[state];
}
