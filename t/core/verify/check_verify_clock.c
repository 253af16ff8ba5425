/* SPDX-License-Identifier: Apache-2.0
 *
 * What a wall clock that somebody sets does to answers: their age goes by the
 * steady clock, the end of a token by the wall clock.
 */
#include "fake.h"

#define HOUR SECONDS(3600)

START_TEST(an_answer_ends_at_its_cap_though_the_clock_was_set_back)
{
    verify("token");
    wall_ahead = -HOUR;
    now = START + SECONDS(60) - 1;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 1);
    now = START + SECONDS(60);
    verify("token");
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(an_answer_serves_on_though_the_clock_was_set_forward)
{
    verify("token");
    wall_ahead = HOUR;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_REMEMBERED);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(a_token_ends_by_the_wall_clock)
{
    answers(200, "{\"active\":true,\"exp\":5000}");
    wall_ahead = HOUR;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 1);
    wall_ahead = HOUR + SECONDS(400);
    verify("token");
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(an_answer_is_kept_until_its_token_ends_by_the_wall_clock)
{
    answers(200, "{\"active\":true,\"exp\":4630}");
    wall_ahead = HOUR;
    verify("token");
    ck_assert(cells[0].entry.answered == START);
    ck_assert(cells[0].entry.expires == START + SECONDS(30));
}
END_TEST

START_TEST(an_answer_bears_its_age_though_the_clock_was_set)
{
    verify("token");
    wall_ahead = HOUR;
    now = START + SECONDS(12);
    verify("token");
    ck_assert_str_eq(ti_result_origin(&result, now, pool),
                     ", remembered, 12 s old");
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("clock");
    TCase *one = tcase_create("clock");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, world_open, NULL);
    tcase_add_test(one,
                   an_answer_ends_at_its_cap_though_the_clock_was_set_back);
    tcase_add_test(one, an_answer_serves_on_though_the_clock_was_set_forward);
    tcase_add_test(one, a_token_ends_by_the_wall_clock);
    tcase_add_test(one,
                   an_answer_is_kept_until_its_token_ends_by_the_wall_clock);
    tcase_add_test(one, an_answer_bears_its_age_though_the_clock_was_set);
    suite_add_tcase(all, one);
    return all;
}
