/* SPDX-License-Identifier: Apache-2.0
 *
 * All flights of all authorization servers: their shared memory, the numbers
 * of servers in it, and what is known about each.
 */
#ifndef TI_FLIGHTS_H
#define TI_FLIGHTS_H

#include <apr_pools.h>

#include "base/key.h"
#include "traffic/breaker.h"
#include "traffic/pace.h"

/* Endpoints of one server that can have a breaker. */
#define TI_FLIGHTS_ENDPOINTS 8

typedef struct ti_flights_t ti_flights_t;

/* For how many there is memory. */
typedef struct ti_capacity_t {
    apr_uint32_t servers;
    apr_uint32_t workers; /* requests that httpd serves at once */
} ti_capacity_t;

/* Bytes of shared memory that the flights need. */
apr_size_t ti_flights_size(const ti_capacity_t *capacity);

/* Make (`fresh` nonzero) or attach to the flights at `memory`, zeroed, aligned
 * to 64 and shared, with the capacity that they were made with, for a
 * new configuration with so many workers (0: not known). The handle is in `p`.
 * APR_TIMEUP: the lock cannot be taken. */
apr_status_t ti_flights_open(ti_flights_t **flights, void *memory, int fresh,
                             const ti_capacity_t *capacity,
                             apr_uint32_t workers, apr_pool_t *p);

/* The number of a server by its identity, kept over graceful restarts. Where
 * there is no capacity, or no lock, one that is shared by all those. */
apr_uint32_t ti_flights_find(ti_flights_t *flights, const ti_key_t *identity);

/* Is the server silent? How long do its active answers take in the mean, 0: not
 * known? No lock. NULL, or the number that servers share: it is not; 0. */
int ti_flights_silent(const ti_flights_t *flights, apr_uint32_t server);
apr_interval_time_t ti_flights_latency(const ti_flights_t *flights,
                                       apr_uint32_t server);

/* The breaker of a server's endpoint; NULL where there is none. */
struct ti_breaker_t *ti_flights_breaker(const ti_flights_t *flights,
                                        apr_uint32_t server, int endpoint);

/* A process is dead: end its flights. For its parent. */
void ti_flights_reap(ti_flights_t *flights, apr_int64_t number);

/* This process is going down: its followers stop waiting. */
void ti_flights_abort(ti_flights_t *flights);

/* One server, for mod_status. */
typedef struct ti_flights_state_t {
    ti_mode_t mode;
    apr_uint32_t in_flight; /* questions under way */
    apr_uint32_t waiting;   /* for a permit */
    int listed;             /* nonzero: the configuration of now has it */
} ti_flights_state_t;
void ti_flights_state(const ti_flights_t *flights, apr_uint32_t server,
                      ti_flights_state_t *state);

/* Of how many permits, of `most`, may questions to it be under way now? */
apr_uint32_t ti_flights_permits(const ti_flights_t *flights,
                                apr_uint32_t server, apr_uint32_t most,
                                apr_time_t now);

/* The state of an endpoint at `now` (steady): by its own breaker, -1: none, and
 * by how questions go to its server. */
ti_breaker_state_t ti_flights_endpoint(const ti_flights_t *flights,
                                       apr_uint32_t server, int breaker,
                                       apr_time_t now);

/* The state of a circuit breaker that a mode of the server amounts to. */
ti_breaker_state_t ti_flights_breaker_state(ti_mode_t mode);

#endif
