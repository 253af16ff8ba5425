/* SPDX-License-Identifier: Apache-2.0
 *
 * Crowds in front of one authorization server, event by event on a clock of
 * their own: clients, the workers of httpd that they hold, and a server that
 * answers as the test says. Who may ask when is what the module itself decides.
 */
#ifndef T_CROWD_H
#define T_CROWD_H

#include <stdlib.h>
#include <string.h>

#include "traffic/admission.h"

#include "tap.h"

#define SECOND apr_time_from_sec(1)
#define MSEC(n) apr_time_from_msec(n)
#define START apr_time_from_sec(1000)
#define TIMEOUT apr_time_from_sec(6)
#define NEVER (APR_INT64_MAX / 2)
#define NAP MSEC(100)

#define REQUESTS_MAX 70000
#define EVENTS_MAX (4 * REQUESTS_MAX)
#define LINE_MAX_ 2000

/* Whose a request is. */
typedef enum kind_t { GOOD = 0, FLOOD, KNOWN, KINDS } kind_t;

typedef struct request_t {
    kind_t kind;
    apr_uint32_t lane;
    apr_time_t came; /* at httpd */
    apr_time_t gone; /* with a verdict; 0: it is there */
    apr_time_t asked;
    apr_time_t until;       /* in line */
    ti_feedback_t feedback; /* what its question will come to */
    apr_interval_time_t took;
    int is_waiting;
    int is_served;
} request_t;

/* What a question is answered, and after how long (NEVER: it hangs). */
typedef struct reply_t {
    ti_feedback_t feedback;
    apr_interval_time_t time;
} reply_t;

typedef enum happens_t { COMES, ANSWERED, LOOKS } happens_t;

typedef struct event_t {
    apr_time_t at;
    apr_uint32_t order;
    happens_t what;
    apr_uint32_t request;
} event_t;

static struct crowd_t {
    apr_time_t now;
    unsigned short dice[3];
    request_t *requests;
    apr_uint32_t requests_count;
    event_t *events; /* a heap */
    apr_uint32_t events_count, order;
    apr_uint32_t *queue; /* of those that no worker serves yet */
    apr_uint32_t queue_first, queue_last;
    apr_uint32_t workers, held;
    apr_uint32_t under_way; /* at the server */
    apr_time_t *sent;       /* when each question went out */
    apr_uint32_t sent_count;
    apr_time_t first_served[2]; /* asked after `back`; and by then */
    apr_time_t back;            /* when the server is well again */
    apr_uint32_t held_most;     /* from `watch` on, until `back` */
    apr_time_t watch;
    int looks; /* events of that kind under way */
    reply_t (*reply)(const request_t *request);
    ti_admission_t server;
    apr_uint32_t length;
    ti_ticket_t line[LINE_MAX_];
    ti_admissions_t all;
} crowd;

static inline double dice(void)
{
    return erand48(crowd.dice);
}

/* About 20 ms, as a server that is well. */
static inline reply_t well(void)
{
    reply_t reply = {TI_FEEDBACK_ACTIVE,
                     (apr_interval_time_t)(16000 + 8000 * dice())};

    return reply;
}

static inline int is_before(const event_t *one, const event_t *other)
{
    return one->at < other->at ||
           (one->at == other->at && one->order < other->order);
}

static inline void event_add(apr_time_t at, happens_t what,
                             apr_uint32_t request)
{
    event_t event = {at, crowd.order++, what, request};
    apr_uint32_t i = crowd.events_count++;

    ck_assert_uint_lt(i, EVENTS_MAX);
    while (i > 0 && is_before(&event, &crowd.events[(i - 1) / 2])) {
        crowd.events[i] = crowd.events[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    crowd.events[i] = event;
}

static inline event_t event_take(void)
{
    event_t first = crowd.events[0];
    event_t last = crowd.events[--crowd.events_count];
    apr_uint32_t i = 0;
    apr_uint32_t child;

    while ((child = 2 * i + 1) < crowd.events_count) {
        if (child + 1 < crowd.events_count &&
            is_before(&crowd.events[child + 1], &crowd.events[child])) {
            child++;
        }
        if (!is_before(&crowd.events[child], &last)) {
            break;
        }
        crowd.events[i] = crowd.events[child];
        i = child;
    }
    crowd.events[i] = last;
    return first;
}

static inline ti_caller_t caller_of(const request_t *request)
{
    ti_caller_t caller = {0,
                          request->lane,
                          request->kind == KNOWN,
                          crowd.workers / 2 < 128 ? crowd.workers / 2 : 128,
                          0,
                          crowd.held};

    return caller;
}

static inline void ends(request_t *request, int is_served);

/* The question goes out. */
static inline void asks(request_t *request, apr_interval_time_t limit)
{
    reply_t reply;
    apr_interval_time_t most = TIMEOUT;

    request->is_waiting = 0;
    request->asked = crowd.now;
    crowd.under_way++;
    crowd.sent[crowd.sent_count++] = crowd.now;
    reply = crowd.reply(request);
    if (limit > 0 && limit < most) {
        most = limit;
    }
    request->feedback = reply.feedback;
    request->took = reply.time;
    if (reply.time > most) {
        request->took = most;
        request->feedback =
            most < TIMEOUT / 2 ? TI_FEEDBACK_NONE : TI_FEEDBACK_TIMEOUT;
    }
    event_add(crowd.now + request->took, ANSWERED,
              (apr_uint32_t)(request - crowd.requests));
}

/* Those whose turn it is. */
static inline void call(void)
{
    ti_ticket_t ticket;

    while (ti_admission_dequeue(&ticket, &crowd.all, 0, crowd.now)) {
        asks(&crowd.requests[ticket.slot], ticket.limit);
    }
}

static inline void begins(request_t *request)
{
    ti_caller_t caller;
    apr_interval_time_t limit;
    apr_interval_time_t patience = 0;
    apr_uint32_t number = (apr_uint32_t)(request - crowd.requests);
    ti_admitted_t admitted;

    crowd.held++;
    if (crowd.now >= crowd.watch && crowd.now < crowd.back &&
        crowd.held > crowd.held_most) {
        crowd.held_most = crowd.held;
    }
    caller = caller_of(request);
    admitted = ti_admission_arrive(&limit, &crowd.all, &caller, crowd.now);
    if (admitted == TI_ADMITTED_LINE) {
        patience = ti_admission_enqueue(&crowd.all, &caller, number,
                                        TIMEOUT / 2, crowd.now);
    }
    if (patience > 0) {
        request->is_waiting = 1;
        request->until = crowd.now + patience;
        event_add(crowd.now +
                      ti_admission_recheck(&crowd.all, &caller, NAP, crowd.now),
                  LOOKS, number);
    } else if (admitted == TI_ADMITTED_NOW) {
        asks(request, limit);
    } else {
        ends(request, 0);
    }
}

static inline void ends(request_t *request, int is_served)
{
    request->gone = crowd.now;
    request->is_served = is_served;
    if (is_served && request->asked >= crowd.back &&
        crowd.first_served[0] == 0) {
        crowd.first_served[0] = crowd.now;
    }
    crowd.held--;
    if (crowd.queue_first < crowd.queue_last) {
        begins(&crowd.requests[crowd.queue[crowd.queue_first++]]);
    }
}

static inline void looks(request_t *request)
{
    ti_caller_t caller = caller_of(request);
    apr_uint32_t number = (apr_uint32_t)(request - crowd.requests);

    if (!request->is_waiting) {
        return;
    }
    call();
    if (!request->is_waiting) {
        return;
    }
    if (crowd.now >= request->until ||
        ti_admission_crowded(&crowd.all, &caller, crowd.now)) {
        ti_admission_leave(&crowd.all, number);
        request->is_waiting = 0;
        ends(request, 0);
        return;
    }
    event_add(crowd.now +
                  ti_admission_recheck(&crowd.all, &caller, NAP, crowd.now),
              LOOKS, number);
}

static inline void answered(request_t *request)
{
    ti_caller_t caller = caller_of(request);

    crowd.under_way--;
    ti_admission_end(&crowd.all, &caller, request->feedback, request->took,
                     request->asked, crowd.now);
    call();
    ends(request, request->feedback == TI_FEEDBACK_ACTIVE ||
                      request->feedback == TI_FEEDBACK_INACTIVE);
}

/* ---- what a test says ---------------------------------------------------- */

static inline void crowd_open(apr_uint32_t workers,
                              reply_t (*reply)(const request_t *request))
{
    memset(&crowd, 0, sizeof(crowd));
    crowd.now = START;
    crowd.dice[0] = 7;
    crowd.workers = workers;
    crowd.reply = reply;
    crowd.requests = calloc(REQUESTS_MAX, sizeof(*crowd.requests));
    crowd.events = calloc(EVENTS_MAX, sizeof(*crowd.events));
    crowd.queue = calloc(REQUESTS_MAX, sizeof(*crowd.queue));
    crowd.sent = calloc(REQUESTS_MAX, sizeof(*crowd.sent));
    crowd.watch = NEVER;
    crowd.back = NEVER;
    crowd.all.servers = &crowd.server;
    crowd.all.servers_max = 1;
    crowd.all.queue.length = &crowd.length;
    crowd.all.queue.line = crowd.line;
    crowd.all.queue.max = LINE_MAX_;
    crowd.all.workers = workers;
}

static inline void crowd_close(void)
{
    free(crowd.requests);
    free(crowd.events);
    free(crowd.queue);
    free(crowd.sent);
}

static inline void comes(kind_t kind, apr_uint32_t address, apr_time_t at)
{
    request_t *request = &crowd.requests[crowd.requests_count];

    ck_assert_uint_lt(crowd.requests_count, REQUESTS_MAX);
    request->kind = kind;
    request->lane = (address * 4 + kind) * 2654435761u >> 7;
    request->came = at;
    event_add(at, COMES, crowd.requests_count++);
}

/* Requests at random moments, from so many addresses at random. */
static inline void stream(kind_t kind, double per_second,
                          apr_uint32_t addresses, double from, double to)
{
    double at = from;

    for (;;) {
        double step = dice();

        /* -log(1 - step) / rate, without the mathematical library: the sum of
         * many small chances comes to the same */
        step = 0;
        while (dice() > 0.02) {
            step += 0.02;
        }
        at += (step + 0.02 * dice()) / per_second;
        if (at >= to) {
            return;
        }
        comes(kind, (apr_uint32_t)(dice() * addresses),
              START + (apr_time_t)(at * 1e6));
    }
}

static inline void play(double seconds)
{
    apr_time_t end = START + (apr_time_t)(seconds * 1e6);

    while (crowd.events_count > 0 && crowd.events[0].at <= end) {
        event_t event = event_take();
        request_t *request = &crowd.requests[event.request];

        crowd.now = event.at;
        if (event.what == ANSWERED) {
            answered(request);
        } else if (event.what == LOOKS) {
            looks(request);
        } else if (crowd.held < crowd.workers) {
            begins(request);
        } else {
            crowd.queue[crowd.queue_last++] = event.request;
        }
    }
}

/* Of 100 requests of this kind that came from then on: so many were served. */
static inline double served(kind_t kind, double from)
{
    apr_uint32_t all = 0;
    apr_uint32_t good = 0;
    apr_uint32_t i;

    for (i = 0; i < crowd.requests_count; i++) {
        const request_t *request = &crowd.requests[i];

        if (request->kind == kind && request->gone != 0 &&
            request->came >= START + (apr_time_t)(from * 1e6)) {
            all++;
            good += (apr_uint32_t)request->is_served;
        }
    }
    ck_assert_uint_gt(all, 0);
    return 100.0 * good / all;
}

static inline int compare_times(const void *one, const void *other)
{
    apr_interval_time_t a = *(const apr_interval_time_t *)one;
    apr_interval_time_t b = *(const apr_interval_time_t *)other;

    return (a > b) - (a < b);
}

/* 99 of 100 that were served had their verdict within this. */
static inline apr_interval_time_t p99(kind_t kind)
{
    apr_interval_time_t *times = calloc(crowd.requests_count, sizeof(*times));
    apr_interval_time_t time;
    apr_uint32_t count = 0;
    apr_uint32_t i;

    for (i = 0; i < crowd.requests_count; i++) {
        const request_t *request = &crowd.requests[i];

        if (request->kind == kind && request->is_served) {
            times[count++] = request->gone - request->came;
        }
    }
    qsort(times, count, sizeof(*times), compare_times);
    time = count > 0 ? times[count * 99 / 100] : 0;
    free(times);
    return time;
}

/* Questions a second that reached the server between these. */
static inline double asked(double from, double to)
{
    apr_uint32_t count = 0;
    apr_uint32_t i;

    for (i = 0; i < crowd.sent_count; i++) {
        count += crowd.sent[i] >= START + (apr_time_t)(from * 1e6) &&
                 crowd.sent[i] < START + (apr_time_t)(to * 1e6);
    }
    return count / (to - from);
}

#endif
