/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers in use are renewed in the background, near their end and not before.
 *
 * Under ThreadSanitizer too.
 */
#include "fake.h"
#include "verify/refresh.h"
#include "verify/refresher.h"

#include <stdio.h>

/* Of 60 s, at 80 % less up to 9 % by the key: not yet here, surely here. */
#define EARLY SECONDS(36) /* for no key, on no machine, is it due then */
#define DUE SECONDS(48)

static int asks_wanted;

static int enough_asks(void)
{
    return __atomic_load_n(&asks, __ATOMIC_RELAXED) >= asks_wanted;
}

static int has_turned(void)
{
    return verify("token") == TI_INACTIVE;
}

static int waited_for(int count)
{
    asks_wanted = count;
    return comes_true(enough_asks);
}

static void refresher_open(void)
{
    arm();
    server->outlives_requests = 1;
    ck_assert_int_eq(
        ti_refresher_create(&world.refresher, ti_verify_refresh, pool),
        APR_SUCCESS);
}

START_TEST(an_answer_near_its_end_is_renewed_while_it_serves_on)
{
    verify("token");
    now = START + DUE;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_REMEMBERED);
    ck_assert(waited_for(2));
}
END_TEST

START_TEST(a_renewal_that_says_no_turns_the_answer_at_once)
{
    verify("token");
    now = START + DUE;
    answers(200, "{\"active\":false}");
    ck_assert(comes_true(has_turned));
}
END_TEST

START_TEST(an_answer_far_from_its_end_is_not_renewed)
{
    verify("old");
    now = START + DUE - EARLY;
    verify("token");
    now = START + DUE;
    verify("token");
    ck_assert_int_eq(asks, 2);
    verify("old");
    ck_assert(waited_for(3));
    ck_assert_int_eq(__atomic_load_n(&asks, __ATOMIC_RELAXED), 3);
}
END_TEST

START_TEST(where_fresher_answers_are_demanded_they_are_renewed_sooner)
{
    policy.max_age = SECONDS(10);
    verify("token");
    now = START + SECONDS(8);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_REMEMBERED);
    ck_assert(waited_for(2));
}
END_TEST

/* Is what is remembered of the token due so long after it was answered? */
static int is_due(apr_interval_time_t age)
{
    ti_question_t question = {.server = server,
                              .policy = &policy,
                              .token = "token",
                              .length = 5,
                              .p = pool};
    ti_entry_t entry = {TI_KIND_CLAIMS, START, START + SECONDS(60), "", 0};

    return ti_refresh_due(&world, &question, &entry, START + age);
}

START_TEST(nothing_is_renewed_where_that_is_off)
{
    server->refresh = 0;
    ck_assert(!is_due(SECONDS(59)));
    server->refresh = 80;
    ck_assert(is_due(SECONDS(59)));
}
END_TEST

START_TEST(settings_of_one_request_are_never_used_later)
{
    server->outlives_requests = 0;
    verify("token");
    now = START + DUE;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    server->outlives_requests = 1;
    verify("token");
    ck_assert(waited_for(2));
    ck_assert_int_eq(__atomic_load_n(&asks, __ATOMIC_RELAXED), 2);
}
END_TEST

START_TEST(an_answer_that_ends_with_its_token_is_not_renewed)
{
    verify("old");
    answers(200, "{\"active\":true,\"exp\":1050}");
    verify("token");
    answers(200, "{\"active\":true}");
    now = START + DUE;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    verify("old");
    ck_assert(waited_for(3));
    ck_assert_int_eq(__atomic_load_n(&asks, __ATOMIC_RELAXED), 3);
}
END_TEST

/* After the first answer, which took so long: is it renewed then, and not a
 * moment before? */
static void expect_renewal(apr_interval_time_t took, apr_interval_time_t then)
{
    fly();
    reply.took = took;
    verify("token");
    now = START + then - 1;
    verify("token");
    ck_assert_int_eq(asks, 1);
    now = START + then;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert(waited_for(2));
}

START_TEST(a_slow_server_is_asked_so_early_that_there_is_time_for_two_answers)
{
    expect_renewal(SECONDS(18), SECONDS(24));
}
END_TEST

START_TEST(a_server_slower_than_any_life_is_not_asked_in_the_first_quarter)
{
    expect_renewal(SECONDS(100), SECONDS(15));
}
END_TEST

/* So many flights of this server are under way, about other tokens. */
static void fly_others(int count)
{
    ti_flight_t flight;
    ti_key_t key;
    ti_flight_plan_t plan = {.key = &key,
                             .server = server->number,
                             .was_active = 1,
                             .cap = 100,
                             .lease = SECONDS(20)};
    char token[20];
    int i;

    for (i = 0; i < count; i++) {
        snprintf(token, sizeof(token), "other-%d", i);
        key = key_of(token);
        ck_assert_int_eq(ti_flight_join(&flight, world.flights, &plan),
                         TI_FLIGHT_LEAD);
    }
}

/* Renew the answer about "token" here and now. */
static int renew(void)
{
    ti_question_t question = {.server = server,
                              .policy = &policy,
                              .token = "token",
                              .length = 5,
                              .p = pool};

    ck_assert_int_eq(ti_key_derive(&question.key, server->tokens, "token", 5),
                     APR_SUCCESS);
    return ti_verify_refresh(&world, &question);
}

/* With this many others at once, is a token renewed that is due? */
static int renewed_beside(int others)
{
    fly();
    asks = 0;
    fly_others(others);
    ck_assert_int_eq(renew(), asks);
    return asks;
}

START_TEST(renewals_may_be_a_quarter_more_than_questions)
{
    server->calls_max = 16;
    ck_assert_int_eq(renewed_beside(16 + 3), 1);
    ck_assert_int_eq(renewed_beside(16 + 4), 0);
}
END_TEST

START_TEST(where_few_questions_are_allowed_one_renewal_more_is)
{
    server->calls_max = 1;
    ck_assert_int_eq(renewed_beside(1), 1);
    ck_assert_int_eq(renewed_beside(2), 0);
}
END_TEST

START_TEST(what_somebody_else_renews_now_is_left_to_them)
{
    ti_flight_t flight;
    ti_key_t key;
    ti_flight_plan_t plan = {.key = &key,
                             .server = server->number,
                             .cap = 100,
                             .lease = SECONDS(20)};

    fly();
    ti_key_derive(&key, server->tokens, "token", 5);
    ti_flight_join(&flight, world.flights, &plan);
    ck_assert(renew());
    ck_assert_int_eq(asks, 0);
}
END_TEST

START_TEST(what_somebody_else_renewed_in_vain_is_left_alone_for_a_while)
{
    ti_notice_t notice = {TI_UNAVAILABLE, 0, 0, 0, 0};
    ti_flight_t flight;
    ti_key_t key;
    ti_flight_plan_t plan = {.key = &key,
                             .server = server->number,
                             .cap = 100,
                             .lease = SECONDS(20)};

    fly();
    now = ti_clock_steady();
    ti_key_derive(&key, server->tokens, "token", 5);
    ti_flight_join(&flight, world.flights, &plan);
    ti_flight_end(world.flights, &flight, &notice, TI_FEEDBACK_NONE, 0);
    ck_assert(renew());
    ck_assert_int_eq(asks, 0);
    now = ti_clock_steady() + TI_REFRESH_PAUSE;
    ck_assert(renew());
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(a_renewal_without_an_answer_says_so)
{
    fly();
    fails(TI_HTTP_CONNECT);
    ck_assert(!renew());
    ck_assert_int_eq(asks, 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("refresh");
    TCase *one = tcase_create("refresh");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, world_open, NULL);
    tcase_add_checked_fixture(one, refresher_open, NULL);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, an_answer_near_its_end_is_renewed_while_it_serves_on);
    tcase_add_test(one, a_renewal_that_says_no_turns_the_answer_at_once);
    tcase_add_test(one, an_answer_far_from_its_end_is_not_renewed);
    tcase_add_test(one,
                   where_fresher_answers_are_demanded_they_are_renewed_sooner);
    tcase_add_test(one, nothing_is_renewed_where_that_is_off);
    tcase_add_test(one, settings_of_one_request_are_never_used_later);
    tcase_add_test(one, an_answer_that_ends_with_its_token_is_not_renewed);
    tcase_add_test(
        one,
        a_slow_server_is_asked_so_early_that_there_is_time_for_two_answers);
    tcase_add_test(
        one, a_server_slower_than_any_life_is_not_asked_in_the_first_quarter);
    tcase_add_test(one, renewals_may_be_a_quarter_more_than_questions);
    tcase_add_test(one, where_few_questions_are_allowed_one_renewal_more_is);
    tcase_add_test(one, what_somebody_else_renews_now_is_left_to_them);
    tcase_add_test(
        one, what_somebody_else_renewed_in_vain_is_left_alone_for_a_while);
    tcase_add_test(one, a_renewal_without_an_answer_says_so);
    suite_add_tcase(all, one);
    return all;
}
