/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaders of flights that are killed or hang.
 *
 * Under ThreadSanitizer too.
 */
#include "flights.h"

START_TEST(a_killed_leader_delays_a_follower_by_one_check)
{
    ti_flight_t flight;
    pid_t child = process(lead_and_stay);
    apr_time_t before;

    ck_assert(comes_true(somebody_leads));
    end_process(child);
    before = ti_clock_steady();
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    ck_assert_int_lt(ti_clock_steady() - before, 8 * TI_FLIGHT_CHECK);
    ck_assert_uint_eq(in_the_air(3), 1);
}
END_TEST

START_TEST(a_leader_that_is_dead_and_unreaped_is_noticed_too)
{
    ti_flight_t flight;
    siginfo_t info;
    pid_t child = process(lead_and_stay);

    ck_assert(comes_true(somebody_leads));
    kill(child, SIGKILL);
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(when_a_leader_is_killed_those_who_wait_have_one_new_leader)
{
    pid_t child = process(lead_and_stay);
    pthread_t threads[8];
    int i;

    ck_assert(comes_true(somebody_leads));
    for (i = 0; i < 8; i++) {
        pthread_create(&threads[i], NULL, follow, NULL);
    }
    end_process(child);
    for (i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_ge(leaders, 1);
    ck_assert_uint_eq(in_the_air(3), 0);
}
END_TEST

START_TEST(flights_of_killed_processes_do_not_count_for_the_cap)
{
    ti_flight_t flight;
    pid_t child = process(lead_and_stay);

    cap = 1;
    ck_assert(comes_true(somebody_leads));
    end_process(child);
    key = key_of("other");
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    ck_assert_uint_eq(in_the_air(3), 1);
}
END_TEST

START_TEST(flights_of_the_dead_and_unreaped_do_not_count_for_the_cap_either)
{
    ti_flight_t flight;
    siginfo_t info;
    pid_t child = process(lead_and_stay);

    cap = 1;
    ck_assert(comes_true(somebody_leads));
    kill(child, SIGKILL);
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    key = key_of("other");
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    ck_assert_uint_eq(in_the_air(3), 1);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(a_leader_whose_lease_is_over_loses_the_lead_and_cannot_land)
{
    ti_flight_t slow;
    ti_flight_t next;
    ti_flight_plan_t brief = plan_of(apr_time_from_msec(20), LONG);

    ck_assert_int_eq(ti_flight_join(&slow, flights, &brief), TI_FLIGHT_LEAD);
    ck_assert_int_eq(join(&next, LONG), TI_FLIGHT_LEAD);
    end_flight(&slow, TI_UNAVAILABLE);
    ck_assert_uint_eq(in_the_air(3), 1);
    end_flight(&next, TI_UNDECIDED);
    ck_assert_uint_eq(in_the_air(3), 0);
}
END_TEST

static int nobody_is_seen_to_ask(void)
{
    return !ti_flight_busy(flights, &key, ti_clock_steady(), 0);
}

START_TEST(a_killed_leader_is_not_seen_to_ask_when_its_lease_is_over)
{
    ti_flight_t flight;
    ti_flight_plan_t brief = plan_of(apr_time_from_msec(200), LONG);

    ti_flight_join(&flight, flights, &brief);
    ck_assert(ti_flight_busy(flights, &key, ti_clock_steady(), 0));
    ck_assert(comes_true(nobody_is_seen_to_ask)); /* it never lands */
    ck_assert_uint_eq(in_the_air(3), 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("leader");
    TCase *one = tcase_create("leader");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, flights_open, NULL);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, a_killed_leader_delays_a_follower_by_one_check);
    tcase_add_test(one, a_leader_that_is_dead_and_unreaped_is_noticed_too);
    tcase_add_test(one,
                   when_a_leader_is_killed_those_who_wait_have_one_new_leader);
    tcase_add_test(one, flights_of_killed_processes_do_not_count_for_the_cap);
    tcase_add_test(
        one, flights_of_the_dead_and_unreaped_do_not_count_for_the_cap_either);
    tcase_add_test(one,
                   a_leader_whose_lease_is_over_loses_the_lead_and_cannot_land);
    tcase_add_test(one,
                   a_killed_leader_is_not_seen_to_ask_when_its_lease_is_over);
    suite_add_tcase(all, one);
    return all;
}
