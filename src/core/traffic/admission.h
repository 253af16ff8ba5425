/* SPDX-License-Identifier: Apache-2.0
 *
 * Admission control for one authorization server: which questions may go out
 * now, which wait in line, and which is next. The line is fair by client
 * address, so that no client takes all permits. A part of the permits is
 * reserved for tokens that were active.
 *
 * In shared memory, under the flights' lock. All moments are the steady
 * clock's.
 */
#ifndef TI_ADMISSION_H
#define TI_ADMISSION_H

#include "traffic/pace.h"
#include "traffic/queue.h"

/* One worker of so many is never held by a server that is slow or silent; and
 * one permit of so many is reserved for tokens that were active. */
#define TI_ADMISSION_RESERVE 8

/* A server that sent nothing for so long does not get all workers. */
#define TI_ADMISSION_UNRESPONSIVE apr_time_from_msec(250)

/* A line that has not been empty for so long is stalled. */
#define TI_ADMISSION_STALLED apr_time_from_sec(1)

/* The longest wait in a stalled line, or of a server that is in doubt or
 * silent. */
#define TI_ADMISSION_PATIENCE apr_time_from_sec(1)

/* The questions of one lane. */
typedef struct ti_lane_t {
    apr_time_t last; /* when one went out */
    apr_uint32_t in_flight;
} ti_lane_t;

/* One authorization server. */
typedef struct ti_admission_t {
    ti_pace_t pace;
    apr_uint32_t in_flight; /* questions under way; read without the lock too */
    apr_uint32_t unknown;   /* of these, about tokens that were never active */
    apr_uint32_t waiting;   /* in line; read without the lock too */
    apr_time_t since;       /* the first of these went out then */
    apr_time_t line_since;  /* the line has not been empty since */
    apr_time_t joined;      /* when somebody joined the line last */
    ti_lane_t lanes[2][TI_QUEUE_LANES]; /* of unknown, known tokens */
} ti_admission_t;

/* The process's handle: all servers, and the callers in line for them. */
typedef struct ti_admissions_t {
    ti_admission_t *servers;
    apr_uint32_t servers_max;
    ti_queue_t queue;
    apr_uint32_t workers; /* of httpd; 0: not known */
} ti_admissions_t;

typedef enum ti_admitted_t {
    TI_ADMITTED_NOT = 0, /* no permit, and no room in line */
    TI_ADMITTED_NOW,     /* it has a permit: go */
    TI_ADMITTED_LINE,    /* it may wait in line */
    TI_ADMITTED_PACED,   /* the server is in doubt or silent, others wait */
    TI_ADMITTED_CROWDED  /* nearly all workers wait for servers */
} ti_admitted_t;

/* A caller arrives. With TI_ADMITTED_NOW a permit is taken, and *limit is how
 * long the question may take where that is less than its configured time, else
 * 0. */
ti_admitted_t ti_admission_arrive(apr_interval_time_t *limit,
                                  const ti_admissions_t *all,
                                  const ti_caller_t *caller, apr_time_t now);

/* Join the line, after TI_ADMITTED_LINE. Returns for how long at most, which is
 * up to `patience`; 0: there is no room. */
apr_interval_time_t ti_admission_enqueue(const ti_admissions_t *all,
                                         const ti_caller_t *caller,
                                         apr_uint32_t slot,
                                         apr_interval_time_t patience,
                                         apr_time_t now);

/* Take the next caller for the server of this number out of the line. Zero:
 * there is none, or no permit. Else *ticket has a permit. Call it until it
 * returns zero. */
int ti_admission_dequeue(ti_ticket_t *ticket, const ti_admissions_t *all,
                         apr_uint32_t number, apr_time_t now);

/* The caller of this slot leaves the line, if it is in it. */
void ti_admission_leave(const ti_admissions_t *all, apr_uint32_t slot);

/* Must a waiting caller give up, since it holds one of the last workers? */
int ti_admission_crowded(const ti_admissions_t *all, const ti_caller_t *caller,
                         apr_time_t now);

/* How questions to this server go out now. */
ti_mode_t ti_admission_mode(const ti_admissions_t *all, apr_uint32_t server);

/* A question ends; `feedback` is what came of it, in the time that the exchange
 * `took`, since it `began`. Returns the mode where this has changed it, else
 * -1. */
int ti_admission_end(const ti_admissions_t *all, const ti_caller_t *caller,
                     ti_feedback_t feedback, apr_interval_time_t took,
                     apr_time_t began, apr_time_t now);

/* How long one in line sleeps before it checks again: until the time of the
 * next question, where the server is in doubt or silent, else `nap`. */
apr_interval_time_t ti_admission_recheck(const ti_admissions_t *all,
                                         const ti_caller_t *caller,
                                         apr_interval_time_t nap,
                                         apr_time_t now);

/* To count again from zero: nothing is under way, nobody waits; this question
 * is under way. */
void ti_admission_clear(const ti_admissions_t *all);
void ti_admission_count(const ti_admissions_t *all, const ti_caller_t *caller);

/* Another server has this number now: what was learnt does not hold. */
void ti_admission_forget(const ti_admissions_t *all, apr_uint32_t server);

#endif
