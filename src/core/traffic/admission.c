/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/admission.h"

#include "base/atomic.h"

static ti_admission_t *server_of(const ti_admissions_t *all,
                                 const ti_caller_t *caller);
static ti_lane_t *lane_of(ti_admission_t *server, const ti_caller_t *caller);
static ti_ticket_t take_out(const ti_admissions_t *all, apr_uint32_t i);
static int is_stalled(const ti_admission_t *server, apr_time_t now);
static apr_uint32_t workers_reserved(const ti_admissions_t *all);
static apr_interval_time_t take(const ti_admissions_t *all,
                                const ti_caller_t *caller, apr_time_t now);
static int has_room(const ti_admissions_t *all, const ti_caller_t *caller,
                    apr_time_t now);
static int has_permit(const ti_admission_t *server, const ti_caller_t *caller,
                      apr_time_t now);
static ti_admitted_t may_wait(const ti_admissions_t *all,
                              const ti_caller_t *caller, apr_time_t now);
static int is_unresponsive(const ti_admission_t *server, apr_time_t now);

ti_admitted_t ti_admission_arrive(apr_interval_time_t *limit,
                                  const ti_admissions_t *all,
                                  const ti_caller_t *caller, apr_time_t now)
{
    ti_admission_t *server = server_of(all, caller);

    *limit = 0;
    /* whoever has nothing under way need not wait behind other lanes */
    if (has_room(all, caller, now) &&
        (server->waiting == 0 ||
         (lane_of(server, caller)->in_flight == 0 &&
          ti_queue_in_lane(&all->queue, caller) == 0))) {
        *limit = take(all, caller, now);
        return TI_ADMITTED_NOW;
    }
    return caller->cap > 0 ? may_wait(all, caller, now) : TI_ADMITTED_NOT;
}

apr_interval_time_t ti_admission_enqueue(const ti_admissions_t *all,
                                         const ti_caller_t *caller,
                                         apr_uint32_t slot,
                                         apr_interval_time_t patience,
                                         apr_time_t now)
{
    ti_admission_t *server = server_of(all, caller);

    if (!ti_queue_append(&all->queue, caller, slot)) {
        return 0;
    }
    TI_STORE(server->waiting, server->waiting + 1);
    if (now - server->joined > TI_ADMISSION_STALLED) {
        server->line_since = now;
    }
    server->joined = now;
    if (patience > TI_ADMISSION_PATIENCE &&
        (server->pace.mode != TI_MODE_NORMAL || is_stalled(server, now))) {
        patience = TI_ADMISSION_PATIENCE;
    }
    return patience > 0 ? patience : 1;
}

int ti_admission_dequeue(ti_ticket_t *ticket, const ti_admissions_t *all,
                         apr_uint32_t number, apr_time_t now)
{
    ti_admission_t *server = &all->servers[number % all->servers_max];
    const ti_lane_t *best = NULL;
    apr_uint32_t chosen = 0;
    apr_uint32_t i;

    if (server->waiting == 0) {
        return 0;
    }
    for (i = 0; i < ti_queue_length(&all->queue); i++) {
        const ti_caller_t *caller = &all->queue.line[i].caller;
        const ti_lane_t *lane = lane_of(server, caller);

        if (server_of(all, caller) == server && lane != best &&
            (best == NULL || lane->in_flight < best->in_flight ||
             (lane->in_flight == best->in_flight && lane->last < best->last)) &&
            has_room(all, caller, now)) {
            best = lane;
            chosen = i;
        }
    }
    if (best == NULL) {
        return 0;
    }
    *ticket = take_out(all, chosen);
    ticket->limit = take(all, &ticket->caller, now);
    return 1;
}

int ti_admission_crowded(const ti_admissions_t *all, const ti_caller_t *caller,
                         apr_time_t now)
{
    const ti_admission_t *server = server_of(all, caller);

    return all->workers > 0 &&
           caller->held + workers_reserved(all) > all->workers &&
           (server->pace.mode != TI_MODE_NORMAL ||
            ti_pace_slow(&server->pace) || is_unresponsive(server, now) ||
            is_stalled(server, now));
}

void ti_admission_leave(const ti_admissions_t *all, apr_uint32_t slot)
{
    apr_uint32_t i = ti_queue_find(&all->queue, slot);

    if (i < ti_queue_length(&all->queue)) {
        take_out(all, i);
    }
}

ti_mode_t ti_admission_mode(const ti_admissions_t *all, apr_uint32_t server)
{
    return (ti_mode_t)all->servers[server % all->servers_max].pace.mode;
}

int ti_admission_end(const ti_admissions_t *all, const ti_caller_t *caller,
                     ti_feedback_t feedback, apr_interval_time_t took,
                     apr_time_t began, apr_time_t now)
{
    ti_admission_t *server = server_of(all, caller);
    ti_lane_t *lane = lane_of(server, caller);
    apr_uint32_t before = server->pace.mode;
    ti_sample_t sample;

    lane->in_flight -= lane->in_flight > 0;
    server->unknown -= !caller->was_active && server->unknown > 0;
    TI_STORE(server->in_flight, server->in_flight - (server->in_flight > 0));
    sample.feedback = feedback;
    sample.took = took;
    sample.began = began;
    sample.in_flight = server->in_flight;
    sample.waiting = server->waiting;
    sample.most = caller->cap;
    ti_pace_learn(&server->pace, &sample, now);
    return server->pace.mode != before ? (int)server->pace.mode : -1;
}

apr_interval_time_t ti_admission_recheck(const ti_admissions_t *all,
                                         const ti_caller_t *caller,
                                         apr_interval_time_t nap,
                                         apr_time_t now)
{
    const ti_pace_t *pace = &server_of(all, caller)->pace;
    apr_time_t next = ti_pace_next(pace, caller->was_active != 0);

    if (pace->mode != TI_MODE_NORMAL && next > now && next - now < nap) {
        nap = next - now;
    }
    return nap;
}

void ti_admission_clear(const ti_admissions_t *all)
{
    apr_uint32_t i;

    *all->queue.length = 0;
    for (i = 0; i < all->servers_max; i++) {
        ti_admission_t *server = &all->servers[i];
        int lane;

        TI_STORE(server->in_flight, 0);
        TI_STORE(server->waiting, 0);
        server->unknown = 0;
        for (lane = 0; lane < TI_QUEUE_LANES; lane++) {
            server->lanes[0][lane].in_flight = 0;
            server->lanes[1][lane].in_flight = 0;
        }
    }
}

void ti_admission_count(const ti_admissions_t *all, const ti_caller_t *caller)
{
    ti_admission_t *server = server_of(all, caller);

    TI_STORE(server->in_flight, server->in_flight + 1);
    server->unknown += !caller->was_active;
    lane_of(server, caller)->in_flight++;
}

void ti_admission_forget(const ti_admissions_t *all, apr_uint32_t server)
{
    ti_pace_forget(&all->servers[server % all->servers_max].pace);
}

/* A question goes out. */
static apr_interval_time_t take(const ti_admissions_t *all,
                                const ti_caller_t *caller, apr_time_t now)
{
    ti_admission_t *server = server_of(all, caller);

    if (server->in_flight == 0) {
        server->since = now;
    }
    ti_admission_count(all, caller);
    lane_of(server, caller)->last = now;
    return ti_pace_sent(&server->pace, caller->was_active != 0,
                        server->in_flight, caller->cap, now);
}

/* Of workers. In doubt and in silence so many ask, and as many wait. */
static apr_uint32_t workers_reserved(const ti_admissions_t *all)
{
    apr_uint32_t reserved = all->workers / TI_ADMISSION_RESERVE;

    return reserved > 2 ? reserved : 2;
}

static int has_room(const ti_admissions_t *all, const ti_caller_t *caller,
                    apr_time_t now)
{
    const ti_admission_t *server = server_of(all, caller);
    apr_uint32_t most = workers_reserved(all);

    if (server->pace.mode == TI_MODE_NORMAL) {
        return has_permit(server, caller, now);
    }
    most = most < caller->cap ? most : caller->cap;
    return server->in_flight < most + caller->extra &&
           ti_pace_admits(&server->pace, caller->was_active != 0, now);
}

/* Unknown tokens, which anybody can make up, leave a part to known ones. */
static int has_permit(const ti_admission_t *server, const ti_caller_t *caller,
                      apr_time_t now)
{
    apr_uint32_t permits = ti_pace_permits(&server->pace, caller->cap, now);
    apr_uint32_t reserve =
        (permits + TI_ADMISSION_RESERVE - 1) / TI_ADMISSION_RESERVE;

    return server->in_flight < permits + caller->extra &&
           (caller->was_active || permits < TI_PACE_FLOOR ||
            server->unknown < permits - reserve);
}

static ti_admitted_t may_wait(const ti_admissions_t *all,
                              const ti_caller_t *caller, apr_time_t now)
{
    ti_admission_t *server = server_of(all, caller);
    const ti_lane_t *lane = lane_of(server, caller);

    if (server->pace.mode != TI_MODE_NORMAL) {
        return server->waiting < workers_reserved(all) &&
                       ti_queue_in_lane(&all->queue, caller) == 0
                   ? TI_ADMITTED_LINE
                   : TI_ADMITTED_PACED;
    }
    if (ti_admission_crowded(all, caller, now)) {
        return TI_ADMITTED_CROWDED;
    }
    return is_stalled(server, now) &&
                   lane->in_flight + ti_queue_in_lane(&all->queue, caller) >=
                       caller->cap
               ? TI_ADMITTED_NOT
               : TI_ADMITTED_LINE;
}

static int is_unresponsive(const ti_admission_t *server, apr_time_t now)
{
    apr_time_t last = server->pace.responded > server->since
                          ? server->pace.responded
                          : server->since;

    return server->in_flight > 0 && now - last > TI_ADMISSION_UNRESPONSIVE;
}

/* Has the line not been empty for long, although somebody joined it lately? */
static int is_stalled(const ti_admission_t *server, apr_time_t now)
{
    return now - server->joined < TI_ADMISSION_STALLED &&
           now - server->line_since > TI_ADMISSION_STALLED;
}

/* Of the line. */
static ti_ticket_t take_out(const ti_admissions_t *all, apr_uint32_t i)
{
    ti_ticket_t ticket = ti_queue_remove(&all->queue, i);
    ti_admission_t *server = server_of(all, &ticket.caller);

    TI_STORE(server->waiting, server->waiting - (server->waiting > 0));
    return ticket;
}

/* What is read from shared memory names one in any case. */
static ti_admission_t *server_of(const ti_admissions_t *all,
                                 const ti_caller_t *caller)
{
    return &all->servers[caller->server % all->servers_max];
}

static ti_lane_t *lane_of(ti_admission_t *server, const ti_caller_t *caller)
{
    return &server
                ->lanes[caller->was_active != 0][caller->lane % TI_QUEUE_LANES];
}
