/* SPDX-License-Identifier: Apache-2.0
 *
 * While the secret of the keys is rotated, answers are found and kept under the
 * names of both.
 */
#include "fake.h"

static const unsigned char old[TI_SECRET_SIZE] = {7};
static const unsigned char new[TI_SECRET_SIZE] = {8};

/* The same server as a process with these secrets has it. */
static void step_to(const void *current, const void *former)
{
    ti_key_secrets_t secrets = {current, former, old};

    ck_assert_int_eq(ti_server_make_keys(server, &secrets, pool), APR_SUCCESS);
    world.former = former != NULL ? &cache_array : NULL;
}

static void begin(void)
{
    world_open();
    ck_assert_int_eq(ti_server_finish(server, 0, pool), APR_SUCCESS);
    step_to(old, NULL);
}

static int asked(const char *token)
{
    int before = asks;

    ck_assert_int_eq(verify(token), TI_GRANTED);
    return asks - before;
}

START_TEST(no_step_forgets_an_answer)
{
    ck_assert_int_eq(asked("before"), 1);
    step_to(new, old);
    ck_assert_int_eq(asked("before"), 0);
    ck_assert_int_eq(asked("between"), 1);
    step_to(old, NULL);
    ck_assert_int_eq(asked("between"), 0);
    step_to(new, NULL);
    ck_assert_int_eq(asked("before"), 0);
    ck_assert_int_eq(asked("between"), 0);
}
END_TEST

START_TEST(without_the_step_between_all_is_asked_anew)
{
    ck_assert_int_eq(asked("before"), 1);
    step_to(new, NULL);
    ck_assert_int_eq(asked("before"), 1);
}
END_TEST

START_TEST(a_no_ends_a_yes_under_both_names)
{
    ck_assert_int_eq(asked("token"), 1);
    step_to(new, old);
    ck_assert_int_eq(asked("token"), 0);
    policy.max_age = 0;
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    policy.max_age = -1;
    step_to(old, NULL);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 2);
}
END_TEST

/* Nor does a yes come back by its former name. */
START_TEST(a_no_to_who_is_not_known_yet_ends_it_too)
{
    static const unsigned char nobody[TI_SECRET_SIZE] = {9};
    ti_key_secrets_t secrets = {new, old, nobody};

    ck_assert_int_eq(asked("token"), 1);
    step_to(new, old);
    ck_assert_int_eq(ti_server_make_keys(server, &secrets, pool), APR_SUCCESS);
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    step_to(new, old);
    now += 2;
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 3);
}
END_TEST

START_TEST(
    what_ends_under_the_old_name_is_found_by_a_place_that_wants_it_younger)
{
    ti_cache_t behind = {fetch, store, fetch, NULL, NULL};

    world.cache = &behind;
    ck_assert_int_eq(asked("token"), 1);
    step_to(new, old);
    world.former = &behind;
    ck_assert_int_eq(asked("token"), 0);

    now += SECONDS(30);
    step_to(old, NULL);
    policy.max_age = 0;
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    step_to(new, old);
    world.former = &behind;
    policy.max_age = SECONDS(20);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("former");
    TCase *tc = tcase_create("former");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_checked_fixture(tc, begin, NULL);
    tcase_add_test(tc, no_step_forgets_an_answer);
    tcase_add_test(tc, without_the_step_between_all_is_asked_anew);
    tcase_add_test(tc, a_no_ends_a_yes_under_both_names);
    tcase_add_test(tc, a_no_to_who_is_not_known_yet_ends_it_too);
    tcase_add_test(
        tc,
        what_ends_under_the_old_name_is_found_by_a_place_that_wants_it_younger);
    suite_add_tcase(s, tc);
    return s;
}
