/* SPDX-License-Identifier: Apache-2.0
 *
 * Who waits for a server that does not answer leaves some workers free.
 *
 * Under ThreadSanitizer too.
 */
#include "flown.h"

#include "traffic/seat.h"

#define LIMIT 3
#define PEERS 4

static void *seats_memory;
static ti_seats_t *seats;

static ti_seats_t *seats_of(int fresh)
{
    ti_seats_t *made;

    ck_assert_int_eq(ti_seats_open(&made, seats_memory, fresh, LIMIT, pool),
                     APR_SUCCESS);
    return made;
}

static void all_open(void)
{
    pool_open();
    flights_open();
    seats_memory = shared_open(ti_seats_size());
    seats = seats_of(1);
    ti_seats_join(seats);
}

static void take(int count)
{
    while (count-- > 0) {
        ti_seat_take(seats);
    }
}

static void join_and_take_all(void)
{
    ti_seats_join(seats);
    take(LIMIT + 1);
}

static int others_have_taken_all(void)
{
    return ti_seats_taken(seats) >= LIMIT + 1;
}

static ti_flight_plan_t plan_with_seats(int strained)
{
    ti_flight_plan_t plan = plan_of(LONG, LONG);

    plan.seats = seats;
    plan.strained = strained;
    return plan;
}

START_TEST(a_seat_is_taken_until_it_is_given)
{
    take(2);
    ck_assert_uint_eq(ti_seats_taken(seats), 2);
    ti_seat_give(seats);
    ck_assert_uint_eq(ti_seats_taken(seats), 1);
    ti_seat_give(seats);
    ck_assert_uint_eq(ti_seats_taken(seats), 0);
}
END_TEST

START_TEST(nobody_counts_where_there_are_no_seats)
{
    ti_seat_take(NULL);
    ti_seat_give(NULL);
    ck_assert_uint_eq(ti_seats_taken(NULL), 0);
    ck_assert(!ti_seats_crowded(NULL));
}
END_TEST

START_TEST(it_is_crowded_with_more_than_the_limit)
{
    take(LIMIT);
    ck_assert(!ti_seats_crowded(seats));
    take(1);
    ck_assert(ti_seats_crowded(seats));
    ti_seat_give(seats);
    ck_assert(!ti_seats_crowded(seats));
}
END_TEST

START_TEST(all_processes_count_and_the_killed_do_not)
{
    pid_t child = process(join_and_take_all);

    ck_assert(comes_true(others_have_taken_all));
    ck_assert(ti_seats_crowded(seats));
    end_process(child);
    ck_assert(!ti_seats_crowded(seats));
}
END_TEST

START_TEST(a_killed_process_leaves_its_place_to_the_next)
{
    apr_uint32_t *used = seats_memory;
    int i;

    for (i = 0; i < PEERS; i++) {
        pid_t child = process(join_and_take_all);

        ck_assert(comes_true(others_have_taken_all));
        ck_assert_uint_eq(ti_seats_taken(seats), LIMIT + 1);
        ck_assert_uint_eq(*used, 2);
        end_process(child);
    }
}
END_TEST

START_TEST(a_later_generation_sees_who_waits)
{
    take(LIMIT + 1);
    ck_assert(ti_seats_crowded(seats_of(0)));
}
END_TEST

START_TEST(with_a_healthy_server_everybody_may_wait_at_first)
{
    ti_flight_plan_t plan = plan_with_seats(0);
    ti_flight_t flight;
    apr_time_t begin;

    take(LIMIT + 1);
    ck_assert_int_eq(ti_flight_board(&flight, flights, &plan), TI_FLIGHT_LEAD);
    begin = apr_time_now();
    ck_assert_int_eq(ti_flight_board(&flight, flights, &plan),
                     TI_FLIGHT_CROWDED);
    ck_assert_int_ge(apr_time_now() - begin,
                     TI_FLIGHT_PATIENCE - TI_FLIGHT_CHECK);
    ck_assert_int_lt(apr_time_now() - begin, TI_FLIGHT_PATIENCE + PATIENCE);
}
END_TEST

START_TEST(with_one_that_has_failed_no_more_than_the_limit_ask_or_wait)
{
    ti_flight_plan_t plan = plan_with_seats(1);
    ti_flight_t flight;
    apr_time_t begin = apr_time_now();

    take(LIMIT);
    ck_assert_int_eq(ti_flight_board(&flight, flights, &plan), TI_FLIGHT_LEAD);
    take(1);
    ck_assert_int_eq(ti_flight_board(&flight, flights, &plan),
                     TI_FLIGHT_CROWDED);
    key = key_of("another");
    ck_assert_int_eq(ti_flight_board(&flight, flights, &plan),
                     TI_FLIGHT_CROWDED);
    ck_assert_int_lt(apr_time_now() - begin, TI_FLIGHT_PATIENCE);
    ti_seat_give(seats);
    ck_assert_int_eq(ti_flight_board(&flight, flights, &plan), TI_FLIGHT_LEAD);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("seat");
    TCase *one = tcase_create("seat");

    tcase_add_checked_fixture(one, all_open, pool_close);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, a_seat_is_taken_until_it_is_given);
    tcase_add_test(one, nobody_counts_where_there_are_no_seats);
    tcase_add_test(one, it_is_crowded_with_more_than_the_limit);
    tcase_add_test(one, all_processes_count_and_the_killed_do_not);
    tcase_add_test(one, a_killed_process_leaves_its_place_to_the_next);
    tcase_add_test(one, a_later_generation_sees_who_waits);
    tcase_add_test(one, with_a_healthy_server_everybody_may_wait_at_first);
    tcase_add_test(one,
                   with_one_that_has_failed_no_more_than_the_limit_ask_or_wait);
    suite_add_tcase(all, one);
    return all;
}
