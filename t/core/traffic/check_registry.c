/* SPDX-License-Identifier: Apache-2.0
 *
 * Servers keep their numbers over configurations, and tokens their marks.
 */
#include <apr_strings.h>

#include "flights.h"

#include "traffic/actives.h"

#define HOUR apr_time_from_sec(3600)
#define NOW apr_time_from_sec(500000)

static ti_actives_t *marks;

static void all_open(void)
{
    pool_open();
    flights_open();
    marks = ti_actives_open(shared_open(ti_actives_size()));
}

static apr_uint32_t number_of(const char *name)
{
    ti_key_t identity = key_of(name);

    return ti_flights_find(flights, &identity);
}

static void reload(void)
{
    ck_assert_int_eq(ti_flights_open(&flights, memory, 0, &room, 0, pool),
                     APR_SUCCESS);
}

static int is_listed(apr_uint32_t number)
{
    ti_flights_state_t state;

    ti_flights_state(flights, number, &state);
    return state.listed;
}

START_TEST(each_server_has_a_number_of_its_own)
{
    apr_uint32_t one = number_of("one");

    ck_assert_uint_ne(one, 0);
    ck_assert_uint_ne(number_of("other"), one);
    ck_assert_uint_eq(number_of("one"), one);
    ck_assert(is_listed(one));
    ck_assert(!is_listed(0));
}
END_TEST

START_TEST(it_keeps_it_over_configurations)
{
    apr_uint32_t one = number_of("one");

    number_of("other");
    reload();
    ck_assert(!is_listed(one));
    ck_assert_uint_eq(number_of("one"), one);
    ck_assert(is_listed(one));
}
END_TEST

START_TEST(where_there_is_no_room_all_others_share_one)
{
    char name[20];
    apr_uint32_t i;

    for (i = 1; i <= room.servers; i++) {
        apr_snprintf(name, sizeof(name), "server %u", i);
        ck_assert_uint_eq(number_of(name), i);
    }
    ck_assert_uint_eq(number_of("one more"), 0);
    ck_assert_uint_eq(number_of("another"), 0);
}
END_TEST

START_TEST(what_was_left_out_the_longest_makes_room_and_is_forgotten)
{
    ti_notice_t nothing = {0};
    ti_flight_plan_t plan = plan_of(LONG, 0);
    ti_flight_t flight;
    char name[20];
    apr_uint32_t i;

    for (i = 1; i <= room.servers; i++) {
        apr_snprintf(name, sizeof(name), "server %u", i);
        number_of(name);
    }
    plan.server = number_of("server 5");
    for (i = 0; i < TI_PACE_SILENT_AFTER; i++) {
        ti_flight_join(&flight, flights, &plan);
        ti_flight_end(flights, &flight, &nothing, TI_FEEDBACK_UNSENT, 0);
    }
    ck_assert(ti_flights_silent(flights, plan.server));
    reload();
    for (i = 1; i <= room.servers; i++) {
        apr_snprintf(name, sizeof(name), "server %u", i);
        if (i != plan.server) {
            number_of(name);
        }
    }
    ck_assert_uint_eq(number_of("new"), plan.server);
    ck_assert(!ti_flights_silent(flights, plan.server));
    ck_assert_uint_eq(number_of("one more"), 0);
}
END_TEST

START_TEST(a_token_that_was_active_is_known_for_an_hour)
{
    ck_assert(!ti_actives_has(marks, &key, NOW));
    ti_actives_add(marks, &key, NOW);
    ck_assert(ti_actives_has(marks, &key, NOW));
    ck_assert(ti_actives_has(marks, &key, NOW + HOUR * 9 / 10));
    ck_assert(!ti_actives_has(marks, &key, NOW + HOUR * 11 / 10));
    key = key_of("other");
    ck_assert(!ti_actives_has(marks, &key, NOW));
}
END_TEST

START_TEST(where_there_are_no_marks_no_token_is_known)
{
    ti_actives_add(NULL, &key, NOW);
    ck_assert(!ti_actives_has(NULL, &key, NOW));
}
END_TEST

/* What one of them does tells nothing about the others. */
START_TEST(of_those_that_share_a_number_nothing_is_known)
{
    ti_notice_t nothing = {0};
    ti_flight_plan_t plan = plan_of(LONG, 0);
    ti_flight_t flight;
    apr_uint32_t i;

    plan.server = 0;
    ti_flight_join(&flight, flights, &plan);
    ti_flight_end(flights, &flight, &nothing, TI_FEEDBACK_ACTIVE,
                  apr_time_from_sec(1));
    ck_assert_int_eq(ti_flights_latency(flights, 0), 0);
    for (i = 0; i < TI_PACE_SILENT_AFTER; i++) {
        ti_flight_join(&flight, flights, &plan);
        ti_flight_end(flights, &flight, &nothing, TI_FEEDBACK_UNSENT, 0);
    }
    ck_assert(!ti_flights_silent(flights, 0));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("registry");
    TCase *one = tcase_create("registry");

    tcase_add_checked_fixture(one, all_open, pool_close);
    tcase_add_test(one, each_server_has_a_number_of_its_own);
    tcase_add_test(one, it_keeps_it_over_configurations);
    tcase_add_test(one, where_there_is_no_room_all_others_share_one);
    tcase_add_test(one,
                   what_was_left_out_the_longest_makes_room_and_is_forgotten);
    tcase_add_test(one, of_those_that_share_a_number_nothing_is_known);
    tcase_add_test(one, a_token_that_was_active_is_known_for_an_hour);
    tcase_add_test(one, where_there_are_no_marks_no_token_is_known);
    suite_add_tcase(all, one);
    return all;
}
