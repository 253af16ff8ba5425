/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests in line for a permit, in several processes, some of which are killed
 * or stand still.
 *
 * Under ThreadSanitizer too.
 */
#include "flights.h"

#include <stdio.h>

#include "traffic/slot.h"

#define THREADS 40

static ti_flight_t first;
static int led;
static int most; /* in the air at once */
static pid_t child;

/* Two permits, of which the first is taken. */
static void line_open(void)
{
    pool_open();
    flights_open();
    patience = LONG;
    cap = 1;
    led = 0;
    most = 0;
    key = key_of("first");
    ck_assert_int_eq(join(&first, LONG), TI_FLIGHT_LEAD);
}

static int somebody_waits(void)
{
    return in_line(3) > 0;
}

static int nobody_waits(void)
{
    return in_line(3) == 0;
}

static int nobody_asks(void)
{
    return in_the_air(3) == 0 && in_line(3) == 0;
}

static void wait_for_ever(void)
{
    ti_flight_t flight;

    key = key_of("another");
    join(&flight, LONG);
}

static void *wait_lead_and_land(void *number)
{
    char token[20];
    ti_key_t own;
    ti_flight_plan_t plan = plan_of(LONG, LONG);
    ti_flight_t flight;

    snprintf(token, sizeof(token), "token-%d", (int)(apr_uintptr_t)number);
    own = key_of(token);
    plan.key = &own;
    plan.lane = (apr_uint32_t)(apr_uintptr_t)number;
    if (ti_flight_join(&flight, flights, &plan) == TI_FLIGHT_LEAD) {
        int now_most = (int)in_the_air(3);

        __atomic_add_fetch(&led, 1, __ATOMIC_RELAXED);
        if (now_most > most) {
            most = now_most;
        }
        end_flight(&flight, TI_UNDECIDED);
    }
    return NULL;
}

static void *land_the_first(void *number)
{
    (void)number;
    comes_true(somebody_waits);
    end_flight(&first, TI_UNDECIDED);
    return NULL;
}

static void *wait_or_land(void *number)
{
    return number == NULL ? land_the_first(number) : wait_lead_and_land(number);
}

START_TEST(all_get_the_permit_one_after_another)
{
    crowd(THREADS, wait_or_land);
    ck_assert_int_eq(led, THREADS - 1);
    ck_assert_int_eq(most, 1);
    ck_assert(nobody_asks());
}
END_TEST

START_TEST(those_who_want_the_same_token_follow_the_one_in_line)
{
    ti_flight_t flight;

    child = process(wait_for_ever);
    ck_assert(comes_true(somebody_waits));
    key = key_of("another");
    ck_assert_int_eq(join(&flight, 0), TI_FLIGHT_LATE);
    ck_assert_int_eq(in_line(3), 1);
    end_process(child);
}
END_TEST

START_TEST(patience_ends)
{
    ti_flight_t flight;

    patience = apr_time_from_msec(30);
    key = key_of("another");
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_FULL);
    ck_assert(nobody_waits());
    ck_assert_int_eq(join(&flight, 0), TI_FLIGHT_FULL);
}
END_TEST

START_TEST(a_killed_one_leaves_the_line_when_it_is_reaped)
{
    child = process(wait_for_ever);
    ck_assert(comes_true(somebody_waits));
    end_process(child);
    ck_assert(!nobody_waits());
    ti_flights_reap(flights, child);
    ck_assert(nobody_waits());
    end_flight(&first, TI_UNDECIDED);
    ck_assert(nobody_asks());
}
END_TEST

START_TEST(without_that_it_is_found_when_there_is_no_permit)
{
    ti_flight_t flight;
    apr_time_t end = apr_time_now() + PATIENCE;

    child = process(wait_for_ever);
    ck_assert(comes_true(somebody_waits));
    end_process(child);
    patience = 0;
    key = key_of("a third");
    while (!nobody_waits() && apr_time_now() < end) {
        join(&flight, LONG);
    }
    ck_assert(nobody_waits());
}
END_TEST

START_TEST(what_a_killed_one_asked_goes_to_the_next_when_it_is_reaped)
{
    pid_t other;

    end_flight(&first, TI_UNDECIDED);
    child = process(lead_and_stay);
    ck_assert(comes_true(somebody_leads));
    other = process(wait_for_ever);
    ck_assert(comes_true(somebody_waits));
    end_process(child);
    ti_flights_reap(flights, child);
    ck_assert(nobody_waits());
    ck_assert_uint_eq(in_the_air(3), 1);
    end_process(other);
    ti_flights_reap(flights, other);
    ck_assert(nobody_asks());
}
END_TEST

START_TEST(a_leader_that_stands_still_is_replaced_soon)
{
    ti_flight_t flight;
    apr_time_t begin;

    end_flight(&first, TI_UNDECIDED);
    cap = 2;
    key = key_of("hung");
    child = process(lead_and_stay);
    ck_assert(comes_true(somebody_leads));
    ck_assert(ti_slots_take(&flights->slots)); /* it has left the lock */
    ti_slots_give(&flights->slots);
    kill(child, SIGSTOP);
    begin = apr_time_now();
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    ck_assert_int_lt(apr_time_now() - begin, 8 * TI_FLIGHT_CHECK);
    end_process(child);
}
END_TEST

/* Stands still within the lock. */
static void take_and_stay(void)
{
    ti_slots_take(&flights->slots);
    __atomic_store_n(&flights->slots.admissions.servers[7].in_flight, 77,
                     __ATOMIC_RELEASE);
}

static int it_has_the_lock(void)
{
    return in_the_air(7) == 77;
}

START_TEST(whoever_stands_still_in_the_lock_is_not_taken_for_a_crowd)
{
    ti_flight_t flight;
    ti_flights_t *later;

    child = process(take_and_stay);
    ck_assert(comes_true(it_has_the_lock));
    key = key_of("another");
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_STUCK);
    ck_assert_uint_eq(ti_flights_find(flights, &key), 0);
    ck_assert_int_eq(ti_flights_open(&later, memory, 0, &room, 0, pool),
                     APR_TIMEUP);
    end_process(child);
    ck_assert_int_eq(ti_flights_open(&later, memory, 0, &room, 0, pool),
                     APR_SUCCESS);
    ck_assert_uint_eq(in_the_air(7), 0);
    ck_assert_uint_eq(in_the_air(3), 1);
}
END_TEST

/* Dies within the lock, while another is in line. */
static void take_and_die(void)
{
    ti_slots_take(&flights->slots);
    flights->slots.head->length = 17;
    kill(getpid(), SIGKILL);
}

START_TEST(after_a_death_inside_the_lock_the_line_is_what_it_was)
{
    pid_t dead;

    child = process(wait_for_ever);
    ck_assert(comes_true(somebody_waits));
    dead = process(take_and_die);
    ck_assert_int_eq(waitpid(dead, NULL, 0), dead);
    end_flight(&first, TI_UNDECIDED);
    ck_assert(nobody_waits());
    ck_assert_uint_eq(in_the_air(3), 1);
    end_process(child);
}
END_TEST

START_TEST(in_a_process_that_goes_down_nobody_waits)
{
    ti_flight_t flight;
    apr_time_t begin = apr_time_now();

    ti_flights_abort(flights);
    key = key_of("another");
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_FULL);
    key = key_of("first");
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LATE);
    ck_assert_int_lt(apr_time_now() - begin, LONG / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("line");
    TCase *one = tcase_create("line");

    tcase_add_checked_fixture(one, line_open, pool_close);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, all_get_the_permit_one_after_another);
    tcase_add_test(one, those_who_want_the_same_token_follow_the_one_in_line);
    tcase_add_test(one, patience_ends);
    tcase_add_test(one, a_killed_one_leaves_the_line_when_it_is_reaped);
    tcase_add_test(one, without_that_it_is_found_when_there_is_no_permit);
    tcase_add_test(one,
                   what_a_killed_one_asked_goes_to_the_next_when_it_is_reaped);
    tcase_add_test(one, a_leader_that_stands_still_is_replaced_soon);
    tcase_add_test(one,
                   whoever_stands_still_in_the_lock_is_not_taken_for_a_crowd);
    tcase_add_test(one, after_a_death_inside_the_lock_the_line_is_what_it_was);
    tcase_add_test(one, in_a_process_that_goes_down_nobody_waits);
    suite_add_tcase(all, one);
    return all;
}
