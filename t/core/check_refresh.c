/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers in use are renewed in the background, near their end and not before.
 */
#include "fake.h"
#include "breaker.h"
#include "refresher.h"

/* Of 60 s, at 80 % less up to 9 % by the key: not yet here, surely here. */
#define EARLY SECONDS(42)
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
    server->lasting = 1;
    ck_assert_int_eq(ti_refresher_create(&world.refresher, pool), APR_SUCCESS);
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
    ti_key_t identity = {{1}};

    ck_assert_int_eq(ti_breakers_open(&world.breakers,
                                      shared_open(ti_breakers_size()), 1, pool),
                     APR_SUCCESS);
    ck_assert_int_eq(
        ti_breaker_find(world.breakers, &identity, &server->health[0]),
        APR_SUCCESS);
    server->index = server->health[0];
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
    tcase_add_test(one, an_answer_that_ends_with_its_token_is_not_renewed);
    tcase_add_test(
        one,
        a_slow_server_is_asked_so_early_that_there_is_time_for_two_answers);
    tcase_add_test(
        one, a_server_slower_than_any_life_is_not_asked_in_the_first_quarter);
    suite_add_tcase(all, one);
    return all;
}
