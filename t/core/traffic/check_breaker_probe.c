/* SPDX-License-Identifier: Apache-2.0
 *
 * For how long an endpoint is left alone, and who tries it again.
 *
 * Under ThreadSanitizer too.
 */
#include "broken.h"

START_TEST(the_wait_is_told_truly)
{
    shut(NOW);
    ck_assert(wait_at(NOW) == TI_BREAKER_FIRST);
    ck_assert(wait_at(NOW + 1) == TI_BREAKER_FIRST - 1);
    ck_assert_int_eq(gate(NOW + TI_BREAKER_FIRST), TI_GATE_PROBE);
}
END_TEST

START_TEST(the_first_pause_varies_by_a_fifth_at_most)
{
    random_now = LEAST;
    shut(NOW);
    ck_assert(wait_at(NOW) == TI_BREAKER_FIRST * 8 / 10);
    tell(0, 1, NOW, 0);
    random_now = MOST;
    shut(NOW);
    ck_assert(wait_at(NOW) == TI_BREAKER_FIRST * 12 / 10);
}
END_TEST

START_TEST(one_probe_at_a_time_is_let_through)
{
    apr_time_t then = NOW + apr_time_from_sec(2);

    shut(NOW);
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    ck_assert_int_eq(gate(then), TI_GATE_SHUT);
    ck_assert_int_gt(wait_at(then), 0);
}
END_TEST

START_TEST(of_many_threads_one_is_the_probe)
{
    shut(NOW);
    crowd(50, count_probes);
    ck_assert_int_eq(probes, 1);
}
END_TEST

START_TEST(a_probe_that_never_reports_is_followed_by_another)
{
    apr_time_t then = NOW + apr_time_from_sec(2);

    shut(NOW);
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    ck_assert_int_eq(gate(then + TI_BREAKER_PROBE - 1), TI_GATE_SHUT);
    ck_assert_int_eq(gate(then + TI_BREAKER_PROBE), TI_GATE_PROBE);
}
END_TEST

START_TEST(a_good_probe_opens_it_and_tells_one)
{
    apr_time_t then = NOW + apr_time_from_sec(2);

    shut(NOW);
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    ck_assert_int_eq(tell(0, 1, then, 0), TI_CHANGE_OPENED);
    ck_assert_int_eq(tell(0, 1, then, 0), TI_CHANGE_NONE);
    ck_assert_int_eq(gate(then), TI_GATE_OPEN);
}
END_TEST

START_TEST(a_straggler_that_fails_does_not_speak_for_the_probe)
{
    apr_time_t then = NOW + apr_time_from_sec(2);

    shut(NOW);
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    probing = 0;
    ck_assert_int_eq(tell(1, 7, then, 0), TI_CHANGE_NONE);
    probing = 1;
    ck_assert_int_eq(tell(1, 8, then, 0), TI_CHANGE_NONE);
    ck_assert(wait_at(then) == 2 * TI_BREAKER_FIRST);
}
END_TEST

START_TEST(pauses_double_up_to_the_last)
{
    static const int seconds[] = {1, 2, 4, 8, 10, 10, 10};
    apr_time_t now = NOW;
    apr_size_t i;

    shut(now);
    for (i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
        ck_assert(wait_at(now) == apr_time_from_sec(seconds[i]));
        now += apr_time_from_sec(seconds[i]);
        ck_assert_int_eq(gate(now), TI_GATE_PROBE);
        ck_assert_int_eq(tell(1, (int)i, now, 0), TI_CHANGE_NONE);
    }
}
END_TEST

START_TEST(however_long_it_lasts_the_pause_stays_the_last)
{
    apr_time_t now = NOW;
    int i;

    shut(now);
    for (i = 0; i < 200; i++) {
        now += wait_at(now);
        ck_assert_int_eq(gate(now), TI_GATE_PROBE);
        tell(1, i, now, 0);
    }
    ck_assert(wait_at(now) == TI_BREAKER_LAST);
}
END_TEST

START_TEST(after_it_was_well_pauses_begin_small_again)
{
    apr_time_t then = NOW + apr_time_from_sec(2);

    shut(NOW);
    gate(then);
    tell(1, 1, then, 0);
    tell(0, 1, then, 0);
    shut(then);
    ck_assert(wait_at(then) == TI_BREAKER_FIRST);
}
END_TEST

START_TEST(a_retry_after_is_honoured_from_the_first_time)
{
    ck_assert_int_eq(tell(1, 1, NOW, apr_time_from_sec(20)), TI_CHANGE_SHUT);
    ck_assert(wait_at(NOW) == apr_time_from_sec(20));
    ck_assert_int_eq(gate(NOW + apr_time_from_sec(20)), TI_GATE_PROBE);
}
END_TEST

START_TEST(a_retry_after_is_bounded)
{
    tell(1, 1, NOW, apr_time_from_sec(86400));
    ck_assert(wait_at(NOW) == TI_BREAKER_ASKED_MAX);
}
END_TEST

START_TEST(a_shorter_retry_after_does_not_cut_the_wait)
{
    tell(1, 1, NOW, apr_time_from_sec(20));
    tell(1, 2, NOW, apr_time_from_sec(1));
    ck_assert_int_ge(wait_at(NOW), apr_time_from_sec(20));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("probe");
    TCase *one = tcase_create("probe");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, breakers_open, NULL);
    tcase_add_test(one, the_wait_is_told_truly);
    tcase_add_test(one, the_first_pause_varies_by_a_fifth_at_most);
    tcase_add_test(one, one_probe_at_a_time_is_let_through);
    tcase_add_test(one, of_many_threads_one_is_the_probe);
    tcase_add_test(one, a_probe_that_never_reports_is_followed_by_another);
    tcase_add_test(one, a_good_probe_opens_it_and_tells_one);
    tcase_add_test(one, pauses_double_up_to_the_last);
    tcase_add_test(one, however_long_it_lasts_the_pause_stays_the_last);
    tcase_add_test(one, after_it_was_well_pauses_begin_small_again);
    tcase_add_test(one, a_retry_after_is_honoured_from_the_first_time);
    tcase_add_test(one, a_retry_after_is_bounded);
    tcase_add_test(one, a_shorter_retry_after_does_not_cut_the_wait);
    tcase_add_test(one, a_straggler_that_fails_does_not_speak_for_the_probe);
    suite_add_tcase(all, one);
    return all;
}
