/* SPDX-License-Identifier: Apache-2.0
 *
 * Who wants to ask whom, and whether they may.
 */
#ifndef TI_BOARDING_H
#define TI_BOARDING_H

#include "base/key.h"
#include "traffic/landing.h"

struct ti_seats_t;

/* What a request may do now. */
typedef enum ti_boarding_t {
    TI_FLIGHT_FULL = 0, /* no place became free in time: do not ask */
    TI_FLIGHT_LEAD,     /* ask, then land */
    TI_FLIGHT_LANDED,   /* somebody else asked; see the landing */
    TI_FLIGHT_CROWDED,  /* too many wait already: neither ask nor wait */
    TI_FLIGHT_PACED,    /* the server is in doubt or silent, and it was others'
                           turn */
    TI_FLIGHT_STUCK,    /* a process that stands still holds the lock */
    TI_FLIGHT_LATE      /* waited as long as allowed, nobody landed */
} ti_boarding_t;

/* A place on a flight; the caller's, on its stack. */
typedef struct ti_flight_t {
    apr_uint32_t slot;
    apr_uint32_t turn;
    apr_interval_time_t limit; /* for TI_FLIGHT_LEAD: the question may take so
                                  long only; 0: as long as is configured */
    ti_landing_t landing;      /* for TI_FLIGHT_LANDED */
} ti_flight_t;

/* Who wants to ask whom. */
typedef struct ti_flight_plan_t {
    const ti_key_t *key;
    apr_uint32_t server;            /* its number, of ti_flights_find */
    apr_uint32_t lane;              /* of the client: any number */
    int known;                      /* nonzero: the token was active */
    apr_uint32_t cap;               /* simultaneous flights of this server, this
                                       one among them */
    apr_uint32_t beyond;            /* and so many more for this one */
    apr_interval_time_t lease;      /* how long the leader may take */
    apr_interval_time_t wait;       /* how long to wait for another leader;
                                       0: never wait (a background refresh) */
    apr_interval_time_t patience;   /* how long to wait for a place */
    int alone;                      /* nonzero: join nobody, let nobody join
                                       (a fresh answer is demanded) */
    const struct ti_seats_t *seats; /* NULL: nobody counts who waits */
} ti_flight_plan_t;

#endif
