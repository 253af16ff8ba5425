/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may ask one authorization server now, who waits for a place, and whose
 * turn is next. Turns go by the client's address, so that one client cannot
 * take them all; a part of the places is for tokens that were active.
 *
 * In shared memory, under the flights' lock. All moments are the steady
 * clock's.
 */
#ifndef TI_ADMISSION_H
#define TI_ADMISSION_H

#include "traffic/pace.h"

/* Addresses that share a lane share its turns. */
#define TI_ADMISSION_LANES 256

/* Of so many workers one is never held by a server that is slow, or was not
 * heard; and of so many places one is for known tokens. */
#define TI_ADMISSION_RESERVE 8

/* Not heard for so long, it does not get all workers. */
#define TI_ADMISSION_UNHEARD apr_time_from_msec(250)

/* A line that is not empty for so long stands. */
#define TI_ADMISSION_STANDS apr_time_from_sec(1)

/* What a line that stands, or a pace, leaves of the patience. */
#define TI_ADMISSION_PATIENCE apr_time_from_sec(1)

/* The questions of one lane. */
typedef struct ti_lane_t {
    apr_time_t turn; /* when one went out last */
    apr_uint32_t air;
} ti_lane_t;

/* One authorization server. */
typedef struct ti_admission_t {
    ti_pace_t pace;
    apr_uint32_t air;     /* questions under way; read without the lock too */
    apr_uint32_t strange; /* of these, about tokens that are not known */
    apr_uint32_t waiting; /* in line; read without the lock too */
    apr_time_t since;     /* nothing was under way before */
    apr_time_t stood;     /* the line was empty before */
    apr_time_t waited;    /* somebody came into line last */
    ti_lane_t lanes[2][TI_ADMISSION_LANES]; /* of unknown, known tokens */
} ti_admission_t;

/* Who wants to ask. */
typedef struct ti_caller_t {
    apr_uint32_t server;
    apr_uint32_t lane;   /* below TI_ADMISSION_LANES */
    apr_uint32_t known;  /* nonzero: about a token that was active */
    apr_uint32_t most;   /* IntrospectCallsMax */
    apr_uint32_t beyond; /* places beyond it, for a renewal */
    apr_uint32_t held;   /* workers that wait for any server, this one too */
} ti_caller_t;

/* One who waits; `slot` is its name. */
typedef struct ti_ticket_t {
    apr_uint32_t slot;
    ti_caller_t caller;
    apr_interval_time_t limit; /* when its turn came, as of ..._come */
} ti_ticket_t;

/* All servers, and the line of those who wait, in the order in which they
 * came: the process's handle of them. */
typedef struct ti_admissions_t {
    ti_admission_t *servers;
    apr_uint32_t servers_max;
    apr_uint32_t *length; /* of the line, in shared memory */
    ti_ticket_t *line;
    apr_uint32_t line_max;
    apr_uint32_t workers; /* of httpd; 0: not known */
} ti_admissions_t;

typedef enum ti_admitted_t {
    TI_ADMITTED_NOT = 0, /* no place, and no room in line */
    TI_ADMITTED_NOW,     /* it has a place: go */
    TI_ADMITTED_LINE,    /* it may wait in line */
    TI_ADMITTED_PACED,   /* the server is in doubt or silent, others wait */
    TI_ADMITTED_CROWDED  /* nearly all workers wait for servers */
} ti_admitted_t;

/* Somebody comes. With TI_ADMITTED_NOW a place is taken, and *limit is how long
 * the question may take where that is less than its configured time, else 0. */
ti_admitted_t ti_admission_come(apr_interval_time_t *limit,
                                const ti_admissions_t *all,
                                const ti_caller_t *caller, apr_time_t now);

/* Stand in line, after TI_ADMITTED_LINE. Returns for how long at most, of
 * `patience`; 0: there is no room. */
apr_interval_time_t ti_admission_wait(const ti_admissions_t *all,
                                      const ti_caller_t *caller,
                                      apr_uint32_t slot,
                                      apr_interval_time_t patience,
                                      apr_time_t now);

/* Who is next for the server of this number? Zero: nobody, or there is no
 * place. Else *ticket has left the line and has a place. Call it until it
 * returns zero. */
int ti_admission_next(ti_ticket_t *ticket, const ti_admissions_t *all,
                      apr_uint32_t number, apr_time_t now);

/* Must one who waits go, since it holds one of the last workers? */
int ti_admission_crowded(const ti_admissions_t *all, const ti_caller_t *caller,
                         apr_time_t now);

/* One who waits goes away. */
void ti_admission_leave(const ti_admissions_t *all, apr_uint32_t slot);

/* How questions to this server go out now. */
ti_gait_t ti_admission_gait(const ti_admissions_t *all, apr_uint32_t server);

/* A question ends; `heard` is what came of it, in the time that the exchange
 * `took`, since it `began`. Returns the gait where this has changed it, else
 * -1. */
int ti_admission_end(const ti_admissions_t *all, const ti_caller_t *caller,
                     ti_heard_t heard, apr_interval_time_t took,
                     apr_time_t began, apr_time_t now);

/* When one in line may look again: at the time of the next question, where a
 * pace is kept, else `nap` from now. */
apr_interval_time_t ti_admission_nap(const ti_admissions_t *all,
                                     const ti_caller_t *caller,
                                     apr_interval_time_t nap, apr_time_t now);

/* To count anew: nothing is under way, nobody waits; this question is under
 * way. */
void ti_admission_clear(const ti_admissions_t *all);
void ti_admission_count(const ti_admissions_t *all, const ti_caller_t *caller);

/* Another server has this number now: what was learnt does not hold. */
void ti_admission_forget(const ti_admissions_t *all, apr_uint32_t server);

#endif
