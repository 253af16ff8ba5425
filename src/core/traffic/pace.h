/* SPDX-License-Identifier: Apache-2.0
 *
 * The pace at which one authorization server is asked: how many questions it
 * may have at once, how far apart they go out, and how long one may take. All
 * of it is learnt from its answers. No answer stops questions altogether: a
 * client can provoke any answer with tokens of its own making.
 *
 * In shared memory, under the flights' lock. All moments are the steady
 * clock's. All zero: nothing is known yet.
 */
#ifndef TI_PACE_H
#define TI_PACE_H

#include <apr.h>
#include <apr_time.h>

/* After so long without an answer about a token, trouble is the server's fault
 * and not one token's. */
#define TI_PACE_DOUBT_AFTER apr_time_from_sec(5)

/* The interval of questions: in doubt, and to a silent server. */
#define TI_PACE_DOUBT apr_time_from_msec(50)
#define TI_PACE_SILENT apr_time_from_msec(250)

/* After so many questions in a row without a response a server is silent; a
 * timeout counts if it was at least so long. */
#define TI_PACE_SILENT_AFTER 3
#define TI_PACE_TIMEOUT_MIN apr_time_from_sec(1)

/* 429 or 503 takes away a quarter of the permits, down to so many, at most once
 * in this time; the permit of the question itself is withheld as long. */
#define TI_PACE_FLOOR 4
#define TI_PACE_WITHHOLD apr_time_from_msec(100)

/* While permits are scarce, a question may take so many times the mean latency,
 * but at least this. */
#define TI_PACE_LIMIT 8
#define TI_PACE_LIMIT_MIN apr_time_from_sec(1)

/* What came of a question. Zero teaches nothing: we gave up, or left it little
 * time. */
typedef enum ti_feedback_t {
    TI_FEEDBACK_NONE = 0,
    TI_FEEDBACK_ACTIVE, /* an answer about the token; no client can forge one */
    TI_FEEDBACK_INACTIVE,   /* an answer about the token */
    TI_FEEDBACK_OTHER,      /* an answer about us: 401, 404 */
    TI_FEEDBACK_OVERLOAD,   /* 429 or 503 */
    TI_FEEDBACK_TROUBLE,    /* another status, closed, not JSON */
    TI_FEEDBACK_TIMEOUT,    /* sent, and no answer in time */
    TI_FEEDBACK_UNSENT,     /* not found, refused, TLS */
    TI_FEEDBACK_UNCONNECTED /* not connected in time, so not sent either */
} ti_feedback_t;

/* How questions go out. */
typedef enum ti_mode_t {
    TI_MODE_NORMAL = 0, /* as many at once as there are permits */
    TI_MODE_DOUBT,      /* one per TI_PACE_DOUBT, and one about a token that
                           was active */
    TI_MODE_SILENT      /* one per TI_PACE_SILENT */
} ti_mode_t;

typedef struct ti_pace_t {
    apr_interval_time_t latency; /* mean time of active answers; 0: none. Read
                                  without the lock too */
    apr_uint32_t mode;           /* a ti_mode_t; so is this */

    apr_uint32_t permits;      /* in 256ths; 0: as many as IntrospectCallsMax */
    apr_uint32_t unanswered;   /* questions in a row without a response */
    apr_uint32_t withheld;     /* permits, since 429 or 503 */
    apr_uint32_t probes;       /* sent to a silent server */
    apr_time_t withheld_until; /* the end of that */
    apr_time_t cut;            /* permits were taken away last; 0: never */
    apr_time_t responded;      /* any response; 0: never */
    apr_time_t answered;       /* an answer about a token; 0: never */
    apr_time_t next[2];        /* in doubt or silence: when the next question
                              goes out about unknown, known tokens */
    apr_interval_time_t latency_inactive; /* mean time of inactive answers */
} ti_pace_t;

/* Of how many permits may questions be under way now, where `most` are the
 * configured ones? */
apr_uint32_t ti_pace_permits(const ti_pace_t *pace, apr_uint32_t most,
                             apr_time_t now);

/* May another question go out now, so far as the time between two is
 * concerned? If not, when: ti_pace_next. */
int ti_pace_admits(const ti_pace_t *pace, int was_active, apr_time_t now);
apr_time_t ti_pace_next(const ti_pace_t *pace, int was_active);

/* A question goes out, now one of `in_flight` under way. Returns how long it
 * may take where that is less than its configured time, else 0. */
apr_interval_time_t ti_pace_sent(ti_pace_t *pace, int was_active,
                                 apr_uint32_t in_flight, apr_uint32_t most,
                                 apr_time_t now);

/* One question that has ended. */
typedef struct ti_sample_t {
    ti_feedback_t feedback;
    apr_interval_time_t took; /* by the exchange */
    apr_time_t began;         /* when the question went out */
    apr_uint32_t in_flight;   /* questions under way, this one too */
    apr_uint32_t waiting;     /* and in line */
    apr_uint32_t most;        /* IntrospectCallsMax */
} ti_sample_t;
void ti_pace_learn(ti_pace_t *pace, const ti_sample_t *sample, apr_time_t now);

/* Is its mean latency high, so far as it is known? */
int ti_pace_slow(const ti_pace_t *pace);

/* This memory is another server's from now on. */
void ti_pace_forget(ti_pace_t *pace);

#endif
