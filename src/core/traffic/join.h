/* SPDX-License-Identifier: Apache-2.0
 *
 * Joining a flight: as its leader, who asks, or as a follower, who waits.
 */
#ifndef TI_JOIN_H
#define TI_JOIN_H

#include "base/key.h"
#include "traffic/notice.h"

struct ti_waiters_t;

/* What a request may do now; zero refuses. */
typedef enum ti_joined_t {
    TI_FLIGHT_FULL = 0, /* no permit became free in time: do not ask */
    TI_FLIGHT_LEAD,     /* ask, then ti_flight_end */
    TI_FLIGHT_ENDED,    /* somebody else asked; see the notice */
    TI_FLIGHT_CROWDED,  /* too many wait already: neither ask nor wait */
    TI_FLIGHT_PACED,    /* the server is in doubt or silent, and it was others'
                           turn */
    TI_FLIGHT_STUCK,    /* a process that stands still holds the lock */
    TI_FLIGHT_LATE      /* waited as long as allowed, no answer came */
} ti_joined_t;

/* Membership in a flight; the caller owns it, on its stack. */
typedef struct ti_flight_t {
    apr_uint32_t slot;
    apr_uint32_t sequence;
    apr_interval_time_t limit; /* for TI_FLIGHT_LEAD: the question may take so
                                  long only; 0: as long as is configured */
    ti_notice_t notice;        /* for TI_FLIGHT_ENDED */
} ti_flight_t;

/* What a request asks for. */
typedef struct ti_flight_plan_t {
    const ti_key_t *key;
    apr_uint32_t server;          /* its number, of ti_flights_find */
    apr_uint32_t lane;            /* of the client: any number */
    int was_active;               /* nonzero: the token was active */
    apr_uint32_t cap;             /* simultaneous flights of this server, this
                                     one among them */
    apr_uint32_t extra;           /* and so many more for this one */
    apr_interval_time_t lease;    /* how long the leader may take */
    apr_interval_time_t wait;     /* how long to wait for another leader;
                                     0: never wait (a background refresh) */
    apr_interval_time_t patience; /* how long to wait for a permit */
    int unshared;                 /* nonzero: join nobody, let nobody join
                                  (a fresh answer is demanded) */
    const struct ti_waiters_t *waiters; /* NULL: nobody counts who waits */
} ti_flight_plan_t;

#endif
