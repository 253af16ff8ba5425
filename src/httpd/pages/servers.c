/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/servers.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <httpd.h>

#include "base/metric.h"
#include "http/address.h"
#include "pages/series.h"
#include "process/shared.h"
#include "server/ready.h"
#include "traffic/flights.h"

static void write_one(mai_table_t *table, const ti_server_t *server,
                      apr_time_t last_success, apr_pool_t *p);
static const apr_array_header_t *addresses(const ti_server_t *server,
                                           apr_pool_t *p);
static apr_hash_t *read_successes(apr_pool_t *p);
static apr_int64_t gauge(apr_uint32_t number, ti_metric_gauge_t which);

void mai_servers_write(mai_sheet_t *sheet)
{
    mai_table_t *table =
        mai_sheet_table(sheet, "servers", "Authorization servers",
                        "None: write IntrospectEndpoint.", 0);
    apr_hash_t *shown = apr_hash_make(sheet->p);
    apr_hash_t *successes = read_successes(sheet->p);
    const ti_server_t *server;
    const server_rec *s;
    int i;

    for (i = 0; (server = mai_ready_server(&s, i)) != NULL; i++) {
        const apr_int64_t *last;

        /* combinations of one server's sections have one row */
        if (server->displayname == NULL ||
            (!ti_server_is_set(server) && server->jwks_url == NULL) ||
            apr_hash_get(shown, server->displayname, APR_HASH_KEY_STRING) !=
                NULL) {
            continue;
        }
        apr_hash_set(shown, server->displayname, APR_HASH_KEY_STRING, server);
        last =
            apr_hash_get(successes, server->displayname, APR_HASH_KEY_STRING);
        write_one(table, server, last != NULL ? *last : 0, sheet->p);
    }
}

static void write_one(mai_table_t *table, const ti_server_t *server,
                      apr_time_t last_success, apr_pool_t *p)
{
    static const char *const modes[TI_BREAKER_STATES] = {"closed", "half open",
                                                         "open"};
    const ti_world_t *world = mai_shared_world();
    apr_time_t now = apr_time_now();
    ti_flights_state_t state;

    ti_flights_state(world->flights, server->number, &state);
    mai_sheet_row(table);
    mai_sheet_text(table, "server", "Server", server->displayname);
    mai_sheet_list(table, "addresses", "Address", addresses(server, p));
    mai_sheet_text(table, "method", "Method", ti_auth_name(server->auth));
    mai_sheet_text(table, "client_id", "Client", server->client_id);
    mai_sheet_text(table, "breaker", "Breaker",
                   modes[ti_flights_breaker_state(state.mode)]);
    mai_sheet_number(table, "in_flight", "Under way", state.in_flight);
    mai_sheet_number(table, "limit", "At most",
                     ti_flights_permits(world->flights, server->number,
                                        (apr_uint32_t)server->calls_max,
                                        ti_clock_steady()));
    mai_sheet_number(table, "waiting", "In line", state.waiting);
    mai_sheet_since(table, "last_success", "Last success", last_success, now);
    mai_sheet_until(table, "certificate_ends", "Certificate ends in",
                    gauge(server->row, TI_GAUGE_CERTIFICATE), now);
    mai_sheet_since(table, "secret_age", "Secret read",
                    gauge(server->row, TI_GAUGE_SECRET), now);
}

static const apr_array_header_t *addresses(const ti_server_t *server,
                                           apr_pool_t *p)
{
    apr_array_header_t *list = apr_array_make(p, 2, sizeof(const char *));
    int i;

    for (i = 0; server->endpoints != NULL && i < server->endpoints->nelts;
         i++) {
        APR_ARRAY_PUSH(list, const char *) = ti_address_shown(
            APR_ARRAY_IDX(server->endpoints, i, const char *), p);
    }
    if (list->nelts == 0 && server->discovery != NULL) {
        APR_ARRAY_PUSH(list, const char *) =
            apr_pstrcat(p, "as the metadata of ",
                        ti_address_shown(server->discovery, p), " say", NULL);
    }
    if (list->nelts == 0 && server->jwks_url != NULL) {
        APR_ARRAY_PUSH(list, const char *) = apr_pstrcat(
            p, "key set ", ti_address_shown(server->jwks_url, p), NULL);
    }
    return list;
}

/* By the names of servers: metadata may have changed the addresses. */
static apr_hash_t *read_successes(apr_pool_t *p)
{
    const apr_array_header_t *rows =
        mai_series_read(mai_shared_world()->metrics, p);
    apr_hash_t *last = apr_hash_make(p);
    int i;

    for (i = 0; i < rows->nelts; i++) {
        const ti_metric_row_t *row =
            APR_ARRAY_IDX(rows, i, const ti_metric_row_t *);
        const apr_int64_t *had = &row->gauges[TI_GAUGE_LAST_SUCCESS];
        const apr_int64_t *before =
            apr_hash_get(last, row->server, APR_HASH_KEY_STRING);

        if (row->kind == TI_METRIC_ENDPOINT &&
            (before == NULL || *had > *before)) {
            apr_hash_set(last, row->server, APR_HASH_KEY_STRING, had);
        }
    }
    return last;
}

static apr_int64_t gauge(apr_uint32_t number, ti_metric_gauge_t which)
{
    const ti_metrics_t *metrics = mai_shared_world()->metrics;
    ti_metric_row_t row;

    return number < ti_metrics_rows(metrics) &&
                   ti_metric_read(&row, metrics, number)
               ? row.gauges[which]
               : 0;
}
