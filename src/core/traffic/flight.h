/* SPDX-License-Identifier: Apache-2.0
 *
 * One question at a time per token, over all processes, and not more than so
 * many at once per authorization server.
 *
 * Whoever may ask is the leader of a flight; everybody else who wants the same
 * key waits, in a futex on the slot, until the leader lands. A leader that
 * dies is noticed within TI_FLIGHT_CHECK, one that hangs when its lease is
 * over; then one of those who wait takes its place.
 */
#ifndef TI_FLIGHT_H
#define TI_FLIGHT_H

#include <apr_pools.h>

#include "base/key.h"
#include "traffic/landing.h"

/* For so long everybody may wait for the answer about one token. A server that
 * is slower, or has just failed, must not hold all workers of httpd: then more
 * than the seats allow do not wait (seat.h). */
#define TI_FLIGHT_PATIENCE apr_time_from_sec(1)

struct ti_seats_t;

typedef struct ti_flights_t ti_flights_t;

/* What a request may do now. FULL also when the flights cannot be had. */
typedef enum ti_boarding_t {
    TI_FLIGHT_FULL = 0, /* the cap of this server is reached: do not ask */
    TI_FLIGHT_LEAD,     /* ask, then land */
    TI_FLIGHT_LANDED,   /* somebody else asked; see the landing */
    TI_FLIGHT_CROWDED,  /* too many wait already: neither ask nor wait */
    TI_FLIGHT_LATE      /* waited as long as allowed, nobody landed */
} ti_boarding_t;

/* A place on a flight; the caller's, on its stack. */
typedef struct ti_flight_t {
    apr_uint32_t slot;
    apr_uint32_t turn;
    ti_landing_t landing; /* for TI_FLIGHT_LANDED */
} ti_flight_t;

/* Who wants to ask whom. */
typedef struct ti_flight_plan_t {
    const ti_key_t *key;
    apr_uint32_t server;            /* index of the authorization server, below
                                       TI_FLIGHT_SERVERS; the cap is per server */
    apr_uint32_t cap;               /* simultaneous flights of this server, this
                                       one among them */
    apr_interval_time_t lease;      /* how long the leader may take */
    apr_interval_time_t wait;       /* how long to wait for another leader;
                                       0: never wait (a background refresh) */
    int alone;                      /* nonzero: join nobody, let nobody join
                                       (a fresh answer is demanded) */
    const struct ti_seats_t *seats; /* NULL: nobody counts who waits */
    int strained;                   /* nonzero: the server has just failed */
} ti_flight_plan_t;

/* Bytes of shared memory that the flights need. */
apr_size_t ti_flights_size(void);

/* Make (`fresh` nonzero) or attach to the flights at `memory`, zeroed,
 * aligned to 64 and shared. The handle is in `p`. */
apr_status_t ti_flights_open(ti_flights_t **flights, void *memory, int fresh,
                             apr_pool_t *p);

/* Take part in a flight: lead it, or wait for whoever leads. With wait 0 and
 * a leader in the air: TI_FLIGHT_LATE at once. */
ti_boarding_t ti_flight_board(ti_flight_t *flight, ti_flights_t *flights,
                              const ti_flight_plan_t *plan);

/* The leader is done (call it on every path): wake those who wait. Does
 * nothing when the lease is over and another has taken the lead. */
void ti_flight_land(ti_flights_t *flights, const ti_flight_t *flight,
                    const ti_landing_t *landing);

/* Is somebody asking about this key now, within its lease, or did so in vain
 * during the last `pause` before `now` (steady)? Takes no lock and makes no
 * system call. */
int ti_flight_busy(const ti_flights_t *flights, const ti_key_t *key,
                   apr_time_t now, apr_interval_time_t pause);

/* Flights of one server in the air now, for mod_status. */
apr_uint32_t ti_flights_count(const ti_flights_t *flights, apr_uint32_t server);

#endif
