/* SPDX-License-Identifier: Apache-2.0 */
#include "process/segment.h"

#include <httpd.h>
#include <ap_mpm.h>

#include "traffic/breaker.h"
#include "base/count.h"
#include "traffic/flight.h"
#include "traffic/seat.h"

/* One worker of so many is never held by an authorization server that does not
 * answer, and one at least. */
#define RESERVE 8

static apr_uint32_t seats_of(int workers);

int mai_segment_workers(void)
{
    int processes = 0;
    int threads = 0;

    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &processes);
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    return (processes > 0 ? processes : 1) * (threads > 0 ? threads : 1);
}

apr_size_t mai_segment_size(void)
{
    return APR_ALIGN(ti_flights_size(), 64) +
           APR_ALIGN(ti_breakers_size(), 64) + APR_ALIGN(ti_counts_size(), 64) +
           APR_ALIGN(ti_seats_size(), 64);
}

apr_status_t mai_segment_open(ti_world_t *world, void *memory, int fresh,
                              apr_pool_t *pconf)
{
    char *at = memory;
    apr_status_t rv = ti_flights_open(&world->flights, at, fresh, pconf);

    at += APR_ALIGN(ti_flights_size(), 64);
    if (rv == APR_SUCCESS) {
        rv = ti_breakers_open(&world->breakers, at, fresh, pconf);
    }
    if (rv == APR_SUCCESS) {
        rv = ti_breakers_begin(world->breakers);
    }
    at += APR_ALIGN(ti_breakers_size(), 64);
    if (rv == APR_SUCCESS) {
        rv = ti_counts_open(&world->counts, at, fresh, pconf);
    }
    at += APR_ALIGN(ti_counts_size(), 64);
    if (rv == APR_SUCCESS) {
        rv = ti_seats_open(&world->seats, at, fresh,
                           seats_of(mai_segment_workers()), pconf);
    }
    return rv;
}

static apr_uint32_t seats_of(int workers)
{
    int reserve = workers / RESERVE > 0 ? workers / RESERVE : 1;

    return (apr_uint32_t)(workers > reserve ? workers - reserve : 1);
}
