/* SPDX-License-Identifier: Apache-2.0 */
#include "process/status.h"

#include <httpd.h>
#include <apr_optional_hooks.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <mod_status.h>

#include "config/combination.h"
#include "config/config.h"
#include "base/count.h"
#include "traffic/flights.h"
#include "traffic/waiters.h"
#include "process/shared.h"
#include "cache/table.h"
#include "verify/revocation.h"

static int show(request_rec *r, int flags);
static void show_number(request_rec *r, int flags, const char *name,
                        apr_uint64_t number);
static void show_table(request_rec *r, int flags);
static void show_servers(request_rec *r, int flags);

void mai_status_register(void)
{
    APR_OPTIONAL_HOOK(ap, status_hook, show, NULL, NULL, APR_HOOK_MIDDLE);
}

static int show(request_rec *r, int flags)
{
    const ti_world_t *world = mai_shared_world();
    int counter;

    if (world == NULL) {
        return OK;
    }
    if (!(flags & AP_STATUS_SHORT)) {
        ap_rputs("<hr>\n<h2>Token introspection</h2>\n<table>\n", r);
    }
    for (counter = 0; counter < TI_COUNTERS; counter++) {
        show_number(r, flags, ti_counts_name((ti_counter_t)counter),
                    ti_counts_sum(world->counts, (ti_counter_t)counter));
    }
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

    if (mai_shared_table() == NULL) {
        return;
    }
    ti_table_stats(mai_shared_table(), &stats);
    show_number(r, flags, "Entries", stats.entries);
    show_number(r, flags, "Bytes", stats.bytes);
    show_number(r, flags, "Capacity", stats.capacity);
    show_number(r, flags, "Stores", stats.stores);
    show_number(r, flags, "Evictions", stats.evictions);
    show_number(r, flags, "Repairs", stats.repairs);
}

/* By number, not by URL: the page may be public. The log names them. */
static void show_servers(request_rec *r, int flags)
{
    static const char *const modes[] = {
        [TI_MODE_NORMAL] = "open",
        [TI_MODE_DOUBT] = "doubt",
        [TI_MODE_SILENT] = "silent",
    };
    const ti_world_t *world = mai_shared_world();
    apr_uint32_t i;

    for (i = 0; i < ti_flights_servers(world->flights); i++) {
        ti_flights_state_t state;

        ti_flights_state(world->flights, i, &state);
        if (!state.listed) {
            continue;
        }
        ap_rprintf(r,
                   flags & AP_STATUS_SHORT
                       ? "IntrospectServer%u: %s %u %u\n"
                       : "<tr><td>Server %u</td><td>%s, %u questions under "
                         "way, %u requests in line</td></tr>\n",
                   i, modes[state.mode], state.in_flight, state.waiting);
    }
}
