/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may ask, who waits, and whose turn is next.
 */
#include "traffic/admission.h"

#include <string.h>

#include "tap.h"

#define SECOND apr_time_from_sec(1)
#define MSEC(n) apr_time_from_msec(n)
#define SERVERS 2
#define LINE 200
#define WORKERS 80
#define PATIENCE_ (3 * SECOND)

static ti_admission_t servers[SERVERS];
static ti_ticket_t line[LINE];
static apr_uint32_t length;
static ti_admissions_t all;
static apr_time_t now;
static ti_caller_t caller;
static apr_uint32_t next_slot;

static void admission_open(void)
{
    memset(servers, 0, sizeof(servers));
    memset(&caller, 0, sizeof(caller));
    length = 0;
    next_slot = 0;
    all.servers = servers;
    all.servers_max = SERVERS;
    all.queue.length = &length;
    all.queue.line = line;
    all.queue.max = LINE;
    all.workers = WORKERS;
    now = 1000 * SECOND;
    caller.cap = 8;
}

static ti_admitted_t come(apr_uint32_t lane)
{
    apr_interval_time_t limit;

    caller.lane = lane;
    return ti_admission_arrive(&limit, &all, &caller, now);
}

/* Come, and stand in line where that is allowed. */
static ti_admitted_t come_and_wait(apr_uint32_t lane)
{
    ti_admitted_t admitted = come(lane);

    if (admitted == TI_ADMITTED_LINE) {
        ck_assert(ti_admission_enqueue(&all, &caller, next_slot++, PATIENCE_,
                                       now) > 0);
    }
    return admitted;
}

static void come_so_many(apr_uint32_t lane, int count)
{
    while (count-- > 0) {
        come_and_wait(lane);
    }
}

/* A question of this lane ends. */
static void end(apr_uint32_t lane, ti_feedback_t feedback)
{
    caller.lane = lane;
    ti_admission_end(&all, &caller, feedback, MSEC(20), now - MSEC(20), now);
}

/* The lane whose turn is next, -1: nobody's. */
static int next(void)
{
    ti_ticket_t ticket;

    return ti_admission_dequeue(&ticket, &all, 0, now) ? (int)ticket.caller.lane
                                                       : -1;
}

START_TEST(unknown_tokens_have_seven_of_eight_places)
{
    int i;

    for (i = 0; i < 7; i++) {
        ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
    }
    ck_assert_int_eq(come(1), TI_ADMITTED_LINE);
    caller.was_active = 1;
    ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
    ck_assert_int_eq(come(1), TI_ADMITTED_LINE);
    ck_assert_uint_eq(servers[0].in_flight, 8);
    ck_assert_uint_eq(servers[0].unknown, 7);
}
END_TEST

START_TEST(where_places_are_few_none_is_reserved)
{
    caller.cap = 2;
    ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
    ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
    ck_assert_int_eq(come(1), TI_ADMITTED_LINE);
}
END_TEST

START_TEST(a_renewal_may_go_beyond)
{
    caller.was_active = 1;
    come_so_many(1, 8);
    caller.extra = 2;
    ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
    ck_assert_int_eq(come(2), TI_ADMITTED_NOW);
    ck_assert_int_eq(come(3), TI_ADMITTED_LINE);
}
END_TEST

START_TEST(without_places_nobody_waits)
{
    caller.cap = 0;
    ck_assert_int_eq(come(1), TI_ADMITTED_NOT);
}
END_TEST

START_TEST(servers_do_not_share_places)
{
    come_so_many(1, 7);
    ck_assert_int_eq(come(1), TI_ADMITTED_LINE);
    caller.server = 1;
    ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
}
END_TEST

START_TEST(an_answer_frees_a_place_for_the_first_in_line)
{
    come_so_many(1, 7);
    come_so_many(2, 1);
    come_so_many(1, 1);
    ck_assert_int_eq(next(), -1);
    end(1, TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(next(), 2);
    ck_assert_int_eq(next(), -1);
    ck_assert_uint_eq(servers[0].waiting, 1);
    ck_assert_uint_eq(servers[0].in_flight, 7);
}
END_TEST

START_TEST(who_has_fewer_under_way_goes_first)
{
    come_so_many(1, 6);
    come_so_many(2, 1);
    come_so_many(1, 5);
    come_so_many(2, 5);
    end(1, TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(next(), 2);
    end(1, TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(next(), 2);
}
END_TEST

START_TEST(of_two_with_as_many_the_one_served_longest_ago)
{
    come_so_many(1, 1);
    now++;
    come_so_many(2, 1);
    now++;
    come_so_many(3, 5);
    come_so_many(2, 2);
    come_so_many(1, 2);
    end(3, TI_FEEDBACK_ACTIVE);
    now++;
    ck_assert_int_eq(next(), 1);
    end(3, TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(next(), 2);
}
END_TEST

START_TEST(known_tokens_have_turns_of_their_own_and_no_priority)
{
    come_so_many(1, 6);
    caller.was_active = 1;
    come_so_many(9, 2);
    come_so_many(9, 2);
    caller.was_active = 0;
    come_so_many(2, 1);
    end(1, TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(next(), 2);
}
END_TEST

START_TEST(who_has_nothing_under_way_does_not_stand_behind_others_lines)
{
    come_so_many(1, 10);
    ck_assert_uint_eq(servers[0].waiting, 3);
    end(1, TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(come(1), TI_ADMITTED_LINE);
    ck_assert_int_eq(come(2), TI_ADMITTED_NOW);
}
END_TEST

START_TEST(who_goes_away_leaves_the_line)
{
    come_so_many(1, 9);
    ti_admission_leave(&all, 0);
    ti_admission_leave(&all, 77);
    ck_assert_uint_eq(servers[0].waiting, 1);
    end(1, TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(next(), 1);
    ck_assert_int_eq(next(), -1);
}
END_TEST

START_TEST(patience_is_short_where_the_line_stands)
{
    come_so_many(1, 8);
    ck_assert(ti_admission_enqueue(&all, &caller, 50, PATIENCE_, now) ==
              PATIENCE_);
    now += TI_ADMISSION_STALLED / 2;
    come_so_many(1, 1);
    now += TI_ADMISSION_STALLED / 2 + 1;
    ck_assert(ti_admission_enqueue(&all, &caller, 51, PATIENCE_, now) ==
              TI_ADMISSION_PATIENCE);
}
END_TEST

START_TEST(then_one_address_has_no_more_than_the_places)
{
    come_so_many(1, 8);
    now += TI_ADMISSION_STALLED / 2;
    come_so_many(1, 1);
    now += TI_ADMISSION_STALLED / 2 + 1;
    ck_assert_int_eq(come(1), TI_ADMITTED_NOT);
    ck_assert_int_eq(come(2), TI_ADMITTED_LINE);
}
END_TEST

START_TEST(all_workers_may_wait_for_a_server_that_is_well)
{
    caller.held = WORKERS;
    come_so_many(1, 7);
    ck_assert_int_eq(come(1), TI_ADMITTED_LINE);
    ck_assert(!ti_admission_crowded(&all, &caller, now));
}
END_TEST

START_TEST(one_worker_of_eight_stays_free_where_it_is_not_heard)
{
    caller.held = WORKERS;
    come_so_many(1, 7);
    now += TI_ADMISSION_UNRESPONSIVE + 1;
    ck_assert_int_eq(come(1), TI_ADMITTED_CROWDED);
    ck_assert(ti_admission_crowded(&all, &caller, now));
    caller.held = WORKERS - WORKERS / 8;
    ck_assert_int_eq(come(1), TI_ADMITTED_LINE);
    ck_assert(!ti_admission_crowded(&all, &caller, now));
}
END_TEST

START_TEST(and_where_it_is_slow)
{
    come(1);
    ti_admission_end(&all, &caller, TI_FEEDBACK_ACTIVE, SECOND, now - SECOND,
                     now);
    caller.held = WORKERS;
    come_so_many(1, 7);
    ck_assert_int_eq(come(1), TI_ADMITTED_CROWDED);
}
END_TEST

/* Questions that nobody took make the server silent. */
static void make_silent(void)
{
    int i;

    for (i = 0; i < TI_PACE_SILENT_AFTER; i++) {
        ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
        end(1, TI_FEEDBACK_UNSENT);
    }
    ck_assert_int_eq(ti_admission_mode(&all, 0), TI_MODE_SILENT);
}

START_TEST(at_a_pace_one_of_each_lane_waits_and_others_are_told_at_once)
{
    make_silent();
    ck_assert_int_eq(come_and_wait(1), TI_ADMITTED_LINE);
    ck_assert_int_eq(come_and_wait(1), TI_ADMITTED_PACED);
    ck_assert_int_eq(come_and_wait(2), TI_ADMITTED_LINE);
    ck_assert(ti_admission_recheck(&all, &caller, SECOND, now) ==
              TI_PACE_SILENT);
    ck_assert_int_eq(next(), -1);
    now += TI_PACE_SILENT;
    ck_assert_int_eq(next(), 2);
    ck_assert_int_eq(next(), -1);
    now += TI_PACE_SILENT;
    ck_assert_int_eq(next(), 1);
}
END_TEST

START_TEST(at_a_pace_an_eighth_of_the_workers_asks_and_as_many_wait)
{
    apr_uint32_t lane;

    caller.cap = WORKERS;
    make_silent();
    for (lane = 1; lane <= WORKERS / 8; lane++) {
        now += TI_PACE_SILENT;
        ck_assert_int_eq(come_and_wait(lane), TI_ADMITTED_NOW);
    }
    now += TI_PACE_SILENT;
    for (lane = 1; lane <= WORKERS / 8; lane++) {
        ck_assert_int_eq(come_and_wait(lane), TI_ADMITTED_LINE);
    }
    ck_assert_int_eq(come_and_wait(lane), TI_ADMITTED_PACED);
}
END_TEST

START_TEST(behind_one_address_a_silent_server_is_asked_as_often)
{
    int i;

    make_silent();
    for (i = 0; i < 4; i++) {
        now += TI_PACE_SILENT;
        ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
    }
}
END_TEST

START_TEST(when_it_is_well_again_all_go)
{
    make_silent();
    now += TI_PACE_SILENT;
    ck_assert_int_eq(come(1), TI_ADMITTED_NOW);
    come_and_wait(2);
    come_and_wait(3);
    end(1, TI_FEEDBACK_INACTIVE);
    ck_assert_int_eq(next(), 2);
    ck_assert_int_eq(next(), 3);
}
END_TEST

START_TEST(what_is_counted_anew_is_the_same)
{
    come_so_many(1, 3);
    ti_admission_clear(&all);
    ck_assert_uint_eq(servers[0].in_flight, 0);
    ck_assert_uint_eq(servers[0].unknown, 0);
    caller.lane = 1;
    ti_admission_count(&all, &caller);
    ti_admission_count(&all, &caller);
    ck_assert_uint_eq(servers[0].in_flight, 2);
    ck_assert_uint_eq(servers[0].unknown, 2);
    ck_assert_uint_eq(servers[0].lanes[0][1].in_flight, 2);
}
END_TEST

START_TEST(numbers_that_are_none_name_something)
{
    ti_ticket_t ticket;
    apr_interval_time_t limit;

    caller.server = 12345;
    caller.lane = 54321;
    ck_assert_int_eq(ti_admission_arrive(&limit, &all, &caller, now),
                     TI_ADMITTED_NOW);
    length = 4000000000u;
    line[0].caller.server = 999999;
    ck_assert_int_eq(ti_admission_enqueue(&all, &caller, 1, SECOND, now), 0);
    servers[0].waiting = 1;
    ti_admission_dequeue(&ticket, &all, 0, now);
    ti_admission_dequeue(&ticket, &all, 123456789, now);
    ti_admission_mode(&all, 123456789);
    ti_admission_forget(&all, 123456789);
    ti_admission_leave(&all, 3999999999u);
}
END_TEST

static Suite *suite(void)
{
    Suite *whole = suite_create("admission");
    TCase *one = tcase_create("admission");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, admission_open, NULL);
    tcase_add_test(one, unknown_tokens_have_seven_of_eight_places);
    tcase_add_test(one, where_places_are_few_none_is_reserved);
    tcase_add_test(one, a_renewal_may_go_beyond);
    tcase_add_test(one, without_places_nobody_waits);
    tcase_add_test(one, servers_do_not_share_places);
    tcase_add_test(one, an_answer_frees_a_place_for_the_first_in_line);
    tcase_add_test(one, who_has_fewer_under_way_goes_first);
    tcase_add_test(one, of_two_with_as_many_the_one_served_longest_ago);
    tcase_add_test(one, known_tokens_have_turns_of_their_own_and_no_priority);
    tcase_add_test(
        one, who_has_nothing_under_way_does_not_stand_behind_others_lines);
    tcase_add_test(one, who_goes_away_leaves_the_line);
    tcase_add_test(one, patience_is_short_where_the_line_stands);
    tcase_add_test(one, then_one_address_has_no_more_than_the_places);
    tcase_add_test(one, all_workers_may_wait_for_a_server_that_is_well);
    tcase_add_test(one, one_worker_of_eight_stays_free_where_it_is_not_heard);
    tcase_add_test(one, and_where_it_is_slow);
    tcase_add_test(
        one, at_a_pace_one_of_each_lane_waits_and_others_are_told_at_once);
    tcase_add_test(one,
                   at_a_pace_an_eighth_of_the_workers_asks_and_as_many_wait);
    tcase_add_test(one, behind_one_address_a_silent_server_is_asked_as_often);
    tcase_add_test(one, when_it_is_well_again_all_go);
    tcase_add_test(one, what_is_counted_anew_is_the_same);
    tcase_add_test(one, numbers_that_are_none_name_something);
    suite_add_tcase(whole, one);
    return whole;
}
