/* SPDX-License-Identifier: Apache-2.0
 *
 * What answers teach about a server: its places, the time between questions,
 * and the time that one may take.
 */
#include "traffic/pace.h"

#include <string.h>

#include "tap.h"

#define SECOND apr_time_from_sec(1)
#define MSEC(n) apr_time_from_msec(n)
#define MOST 48

static ti_pace_t pace;
static apr_time_t now;
static apr_uint32_t
    in_flight; /* questions under way when the next one is heard of */
static apr_uint32_t waiting;

static void pace_open(void)
{
    memset(&pace, 0, sizeof(pace));
    now = 1000 * SECOND;
    in_flight = 1;
    waiting = 0;
}

/* A question of so long ends so. */
static void hear(ti_feedback_t feedback, apr_interval_time_t took)
{
    ti_sample_t sample = {feedback, took, now - took, in_flight, waiting, MOST};

    ti_pace_learn(&pace, &sample, now);
}

static void hear_so_often(ti_feedback_t feedback, apr_interval_time_t took,
                          int count)
{
    while (count-- > 0) {
        hear(feedback, took);
    }
}

static apr_uint32_t places(void)
{
    return ti_pace_permits(&pace, MOST, now);
}

/* How long the next question may take, with so many under way. */
static apr_interval_time_t limit(apr_uint32_t under_way)
{
    return ti_pace_sent(&pace, 0, under_way, MOST, now);
}

START_TEST(at_first_all_places_are_there)
{
    ck_assert_uint_eq(places(), MOST);
    ck_assert_uint_eq(ti_pace_permits(&pace, 0, now), 0);
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    ck_assert(ti_pace_admits(&pace, 0, now));
}
END_TEST

START_TEST(trouble_is_a_tokens_fault_while_others_are_answered)
{
    hear(TI_FEEDBACK_INACTIVE, MSEC(20));
    now += TI_PACE_DOUBT_AFTER;
    hear_so_often(TI_FEEDBACK_TROUBLE, MSEC(20), 100);
    hear(TI_FEEDBACK_OVERLOAD, MSEC(20));
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
}
END_TEST

START_TEST(without_such_an_answer_it_is_the_servers_and_slows_questions)
{
    static const ti_feedback_t troubles[] = {TI_FEEDBACK_TROUBLE,
                                             TI_FEEDBACK_OVERLOAD};
    int i;

    for (i = 0; i < 2; i++) {
        pace_open();
        hear(TI_FEEDBACK_ACTIVE, MSEC(20));
        now += TI_PACE_DOUBT_AFTER + 1;
        hear(troubles[i], MSEC(20));
        ck_assert_int_eq(pace.mode, TI_MODE_DOUBT);
        ck_assert(!ti_pace_admits(&pace, 0, now));
        now += TI_PACE_DOUBT;
        ck_assert(ti_pace_admits(&pace, 0, now));
        ti_pace_sent(&pace, 0, 1, MOST, now);
        ck_assert(!ti_pace_admits(&pace, 0, now + TI_PACE_DOUBT - 1));
        ck_assert(ti_pace_admits(&pace, 1, now));
    }
}
END_TEST

START_TEST(so_it_does_where_there_never_was_one)
{
    hear(TI_FEEDBACK_TROUBLE, MSEC(20));
    ck_assert_int_eq(pace.mode, TI_MODE_DOUBT);
}
END_TEST

START_TEST(one_answer_about_a_token_ends_any_pace)
{
    static const ti_feedback_t answers[] = {TI_FEEDBACK_ACTIVE,
                                            TI_FEEDBACK_INACTIVE};
    int i;

    for (i = 0; i < 2; i++) {
        pace_open();
        hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER);
        ck_assert_int_eq(pace.mode, TI_MODE_SILENT);
        hear(answers[i], MSEC(20));
        ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
        hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER - 1);
        ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    }
}
END_TEST

START_TEST(an_answer_about_us_is_heard_and_tells_no_more)
{
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER - 1);
    hear(TI_FEEDBACK_OTHER, MSEC(20));
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER - 1);
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
}
END_TEST

START_TEST(an_answer_about_us_ends_silence_but_no_doubt)
{
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER);
    hear(TI_FEEDBACK_OTHER, MSEC(20));
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    hear(TI_FEEDBACK_TROUBLE, MSEC(20));
    ck_assert_int_eq(pace.mode, TI_MODE_DOUBT);
    hear(TI_FEEDBACK_OTHER, MSEC(20));
    ck_assert_int_eq(pace.mode, TI_MODE_DOUBT);
}
END_TEST

START_TEST(three_that_nobody_took_make_it_silent)
{
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER);
    ck_assert_int_eq(pace.mode, TI_MODE_SILENT);
    now += TI_PACE_SILENT;
    ck_assert(ti_pace_admits(&pace, 0, now));
    ti_pace_sent(&pace, 0, 1, MOST, now);
    ck_assert(!ti_pace_admits(&pace, 0, now + TI_PACE_SILENT - 1));
    ck_assert(!ti_pace_admits(&pace, 1, now + TI_PACE_SILENT - 1));
    ck_assert(ti_pace_admits(&pace, 1, now + TI_PACE_SILENT));
}
END_TEST

START_TEST(time_outs_make_it_silent_where_nothing_else_is_heard)
{
    hear_so_often(TI_FEEDBACK_TIMEOUT, 6 * SECOND, TI_PACE_SILENT_AFTER);
    ck_assert_int_eq(pace.mode, TI_MODE_SILENT);
    pace_open();
    hear_so_often(TI_FEEDBACK_UNCONNECTED, 2 * SECOND, TI_PACE_SILENT_AFTER);
    ck_assert_int_eq(pace.mode, TI_MODE_SILENT);
}
END_TEST

START_TEST(tokens_that_hang_do_not_where_anything_is_heard_meanwhile)
{
    int i;

    for (i = 0; i < 10; i++) {
        hear(TI_FEEDBACK_TROUBLE, MSEC(20));
        pace.mode = TI_MODE_NORMAL;
        now += SECOND;
        hear_so_often(TI_FEEDBACK_TIMEOUT, 6 * SECOND, 10);
        ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    }
}
END_TEST

START_TEST(time_outs_of_a_neighbour_with_little_patience_do_not)
{
    hear_so_often(TI_FEEDBACK_TIMEOUT, MSEC(10), 100);
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    hear_so_often(TI_FEEDBACK_UNCONNECTED, MSEC(10), 100);
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    hear_so_often(TI_FEEDBACK_NONE, 6 * SECOND, 100);
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
}
END_TEST

START_TEST(a_silent_server_that_answers_anything_is_silent_no_more)
{
    hear(TI_FEEDBACK_ACTIVE, MSEC(20));
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER);
    hear(TI_FEEDBACK_TROUBLE, MSEC(20));
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    now += TI_PACE_DOUBT_AFTER + 1;
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER);
    hear(TI_FEEDBACK_TROUBLE, MSEC(20));
    ck_assert_int_eq(pace.mode, TI_MODE_DOUBT);
}
END_TEST

START_TEST(push_back_takes_a_quarter_of_the_places_once_in_a_while)
{
    hear(TI_FEEDBACK_ACTIVE, MSEC(20));
    hear_so_often(TI_FEEDBACK_OVERLOAD, MSEC(3), 3);
    ck_assert_uint_eq(places(), MOST * 3 / 4 - 3);
    now += TI_PACE_WITHHOLD;
    ck_assert_uint_eq(places(), MOST * 3 / 4);
}
END_TEST

START_TEST(some_places_are_left_in_any_case)
{
    int i;

    for (i = 0; i < 100; i++) {
        hear(TI_FEEDBACK_OVERLOAD, MSEC(3));
        now += TI_PACE_WITHHOLD;
    }
    ck_assert_uint_eq(places(), TI_PACE_FLOOR);
    hear_so_often(TI_FEEDBACK_OVERLOAD, MSEC(3), 100);
    ck_assert_uint_eq(places(), 1);
    ck_assert_uint_eq(ti_pace_permits(&pace, 2, now + TI_PACE_WITHHOLD), 2);
}
END_TEST

START_TEST(neither_silence_nor_trouble_takes_places)
{
    hear_so_often(TI_FEEDBACK_TIMEOUT, 6 * SECOND, 100);
    hear_so_often(TI_FEEDBACK_UNSENT, 0, 100);
    hear_so_often(TI_FEEDBACK_TROUBLE, MSEC(20), 100);
    hear(TI_FEEDBACK_ACTIVE, MSEC(20));
    ck_assert_uint_eq(places(), MOST);
}
END_TEST

START_TEST(answers_bring_places_back_where_they_are_wanted)
{
    apr_uint32_t before;

    hear(TI_FEEDBACK_ACTIVE, MSEC(20));
    hear(TI_FEEDBACK_OVERLOAD, MSEC(3));
    now += TI_PACE_WITHHOLD;
    before = places();
    hear_so_often(TI_FEEDBACK_ACTIVE, MSEC(20), 1000);
    ck_assert_uint_eq(places(), before);
    waiting = 1;
    hear_so_often(TI_FEEDBACK_ACTIVE, MSEC(20), (int)before - 5);
    ck_assert_uint_eq(places(), before);
    hear_so_often(TI_FEEDBACK_ACTIVE, MSEC(20), 10);
    ck_assert_uint_eq(places(), before + 1);
    now += TI_PACE_DOUBT_AFTER + 1;
    hear_so_often(TI_FEEDBACK_ACTIVE, MSEC(20), 2);
    ck_assert_uint_eq(places(), before + 3);
    hear_so_often(TI_FEEDBACK_ACTIVE, MSEC(20), 1000);
    ck_assert_uint_eq(places(), MOST);
    waiting = 0;
}
END_TEST

START_TEST(a_question_has_all_its_time_while_there_are_places)
{
    hear_so_often(TI_FEEDBACK_ACTIVE, MSEC(20), 20);
    ck_assert(limit(MOST / 2) == 0);
    ck_assert(limit(MOST / 2 + 1) == TI_PACE_LIMIT_MIN);
}
END_TEST

START_TEST(without_a_usual_time_there_is_no_hurry)
{
    ck_assert(limit(MOST) == 0);
    hear_so_often(TI_FEEDBACK_TROUBLE, MSEC(20), 20);
    pace.mode = TI_MODE_NORMAL;
    ck_assert(limit(MOST) == 0);
}
END_TEST

START_TEST(a_slow_server_has_more_time)
{
    hear_so_often(TI_FEEDBACK_ACTIVE, MSEC(500), 20);
    ck_assert(limit(MOST) == TI_PACE_LIMIT * MSEC(500));
    ck_assert(ti_pace_slow(&pace));
}
END_TEST

START_TEST(made_up_tokens_do_not_change_the_usual_time)
{
    hear(TI_FEEDBACK_INACTIVE, MSEC(900));
    ck_assert(limit(MOST) == TI_PACE_LIMIT * MSEC(900));
    hear(TI_FEEDBACK_ACTIVE, MSEC(20));
    ck_assert(limit(MOST) == TI_PACE_LIMIT_MIN);
    hear_so_often(TI_FEEDBACK_INACTIVE, 5 * SECOND, 100);
    ck_assert(limit(MOST) == TI_PACE_LIMIT_MIN);
}
END_TEST

START_TEST(the_usual_time_is_a_mean)
{
    hear(TI_FEEDBACK_ACTIVE, MSEC(160));
    hear(TI_FEEDBACK_ACTIVE, MSEC(320));
    ck_assert(pace.latency == MSEC(170));
    hear(TI_FEEDBACK_ACTIVE, MSEC(10));
    ck_assert(pace.latency == MSEC(160));
}
END_TEST

START_TEST(in_silence_three_of_four_are_in_a_hurry)
{
    int whole = 0;
    int i;

    hear(TI_FEEDBACK_ACTIVE, MSEC(20));
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER);
    for (i = 0; i < 8; i++) {
        whole += limit(1) == 0;
    }
    ck_assert_int_eq(whole, 2);
}
END_TEST

START_TEST(another_server_begins_anew)
{
    hear(TI_FEEDBACK_ACTIVE, 2 * SECOND);
    hear_so_often(TI_FEEDBACK_OVERLOAD, 0, 5);
    hear_so_often(TI_FEEDBACK_UNSENT, 0, TI_PACE_SILENT_AFTER);
    ti_pace_forget(&pace);
    ck_assert_uint_eq(places(), MOST);
    ck_assert_int_eq(pace.mode, TI_MODE_NORMAL);
    ck_assert(pace.latency == 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("pace");
    TCase *one = tcase_create("pace");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, pace_open, NULL);
    tcase_add_test(one, at_first_all_places_are_there);
    tcase_add_test(one, trouble_is_a_tokens_fault_while_others_are_answered);
    tcase_add_test(
        one, without_such_an_answer_it_is_the_servers_and_slows_questions);
    tcase_add_test(one, so_it_does_where_there_never_was_one);
    tcase_add_test(one, one_answer_about_a_token_ends_any_pace);
    tcase_add_test(one, an_answer_about_us_is_heard_and_tells_no_more);
    tcase_add_test(one, an_answer_about_us_ends_silence_but_no_doubt);
    tcase_add_test(one, three_that_nobody_took_make_it_silent);
    tcase_add_test(one, time_outs_make_it_silent_where_nothing_else_is_heard);
    tcase_add_test(one,
                   tokens_that_hang_do_not_where_anything_is_heard_meanwhile);
    tcase_add_test(one, time_outs_of_a_neighbour_with_little_patience_do_not);
    tcase_add_test(one,
                   a_silent_server_that_answers_anything_is_silent_no_more);
    tcase_add_test(one,
                   push_back_takes_a_quarter_of_the_places_once_in_a_while);
    tcase_add_test(one, some_places_are_left_in_any_case);
    tcase_add_test(one, neither_silence_nor_trouble_takes_places);
    tcase_add_test(one, answers_bring_places_back_where_they_are_wanted);
    tcase_add_test(one, a_question_has_all_its_time_while_there_are_places);
    tcase_add_test(one, without_a_usual_time_there_is_no_hurry);
    tcase_add_test(one, a_slow_server_has_more_time);
    tcase_add_test(one, made_up_tokens_do_not_change_the_usual_time);
    tcase_add_test(one, the_usual_time_is_a_mean);
    tcase_add_test(one, in_silence_three_of_four_are_in_a_hurry);
    tcase_add_test(one, another_server_begins_anew);
    suite_add_tcase(all, one);
    return all;
}
