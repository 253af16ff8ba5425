/* SPDX-License-Identifier: Apache-2.0
 *
 * Places of breakers, while configurations come and go.
 */
#include "broken.h"

static apr_status_t find(const char *name, apr_uint32_t *index)
{
    ti_key_t identity = key_of(name);

    return ti_breaker_find(breakers, &identity, index);
}

/* A new configuration, with so many endpoints of names that begin like this. */
static void configure(const char *names, int count)
{
    apr_uint32_t index;
    int i;

    ck_assert_int_eq(ti_breakers_begin(breakers), APR_SUCCESS);
    for (i = 0; i < count; i++) {
        ck_assert_int_eq(find(apr_psprintf(pool, "%s %d", names, i), &index),
                         APR_SUCCESS);
    }
}

START_TEST(configurations_come_and_go_without_end)
{
    int i;

    for (i = 0; i < 10 * TI_BREAKER_ENDPOINTS; i++) {
        configure(apr_itoa(pool, i), 3);
    }
    ck_assert_uint_eq(ti_breakers_count(breakers), TI_BREAKER_ENDPOINTS);
    configure("all", TI_BREAKER_ENDPOINTS);
    ck_assert_int_eq(find("one too many", &here), APR_ENOSPC);
}
END_TEST

START_TEST(an_endpoint_that_stays_keeps_its_place_and_its_state)
{
    apr_uint32_t index;
    int i;

    shut(NOW);
    for (i = 0; i < 10; i++) {
        configure(apr_itoa(pool, i), TI_BREAKER_ENDPOINTS / 3);
        ck_assert_int_eq(find("https://as.example/i", &index), APR_SUCCESS);
        ck_assert_uint_eq(index, here);
    }
    ck_assert_int_eq(gate(NOW), TI_GATE_SHUT);
}
END_TEST

START_TEST(the_one_left_out_the_longest_gives_its_place_up_and_it_is_healthy)
{
    apr_uint32_t index;

    shut(NOW);
    configure("before", 1);
    configure("now", TI_BREAKER_ENDPOINTS - 2);
    ck_assert_int_eq(find("new", &index), APR_SUCCESS);
    ck_assert_uint_eq(index, here);
    ck_assert_int_eq(gate(NOW), TI_GATE_OPEN);
    ck_assert(!ti_breaker_strained(breakers, here));
    ck_assert_int_eq(tell(1, 1, NOW, 0), TI_CHANGE_NONE);
    ck_assert_int_eq(find("before 0", &index), APR_SUCCESS);
    ck_assert_uint_eq(index, 1);
}
END_TEST

START_TEST(one_of_an_older_configuration_takes_no_place_of_a_newer_one)
{
    ti_breakers_t *old = breakers;
    ti_key_t late = key_of("late");
    apr_uint32_t index;

    ck_assert_int_eq(ti_breakers_open(&breakers, memory, 0, pool), APR_SUCCESS);
    configure("new", TI_BREAKER_ENDPOINTS);
    ck_assert_int_eq(ti_breaker_find(old, &late, &index), APR_ENOSPC);
}
END_TEST

START_TEST(what_the_configuration_has_is_listed)
{
    ti_breaker_state_t state;
    apr_uint32_t index;

    ti_breaker_state(breakers, here, NOW, &state);
    ck_assert(state.listed);
    configure("other", 1);
    ti_breaker_state(breakers, here, NOW, &state);
    ck_assert(!state.listed);
    ck_assert_int_eq(find("https://as.example/i", &index), APR_SUCCESS);
    ti_breaker_state(breakers, here, NOW, &state);
    ck_assert(state.listed);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("generation");
    TCase *one = tcase_create("generation");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, breakers_open, NULL);
    tcase_add_test(one, configurations_come_and_go_without_end);
    tcase_add_test(one, an_endpoint_that_stays_keeps_its_place_and_its_state);
    tcase_add_test(
        one, the_one_left_out_the_longest_gives_its_place_up_and_it_is_healthy);
    tcase_add_test(one,
                   one_of_an_older_configuration_takes_no_place_of_a_newer_one);
    tcase_add_test(one, what_the_configuration_has_is_listed);
    suite_add_tcase(all, one);
    return all;
}
