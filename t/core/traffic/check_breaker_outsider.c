/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody who makes up tokens can do to a breaker where the server fails
 * over them, and what he cannot.
 */
#include "broken.h"

/* A question about a token that was active. */
static ti_gate_t gate_for_known(apr_time_t now)
{
    return gate_of(&(ti_breaker_ask_t){.now = now, .known = 1});
}

/* Shut by statuses alone. */
static void shut_by_status(apr_time_t now)
{
    spoke = 1;
    shut(now);
}

START_TEST(statuses_over_different_tokens_shut_it)
{
    shut_by_status(NOW);
    ck_assert_int_eq(gate(NOW), TI_GATE_SHUT);
}
END_TEST

START_TEST(both_shut_it_also_soon_after_a_success)
{
    tell(0, 1, NOW, 0);
    shut(NOW + 1);
    breakers_open();
    tell(0, 1, NOW, 0);
    shut_by_status(NOW + 1);
}
END_TEST

START_TEST(a_pause_asked_for_is_kept_also_soon_after_a_success)
{
    spoke = 1;
    tell(0, 1, NOW, 0);
    ck_assert_int_eq(tell(1, 1, NOW, apr_time_from_sec(20)), TI_CHANGE_SHUT);
}
END_TEST

START_TEST(probes_that_bring_a_status_lengthen_the_pause_a_little)
{
    static const int seconds[] = {1, 2, 4, 4, 4};
    apr_time_t now = NOW;
    apr_size_t i;

    shut_by_status(now);
    for (i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
        ck_assert(wait_at(now) == apr_time_from_sec(seconds[i]));
        now += apr_time_from_sec(seconds[i]);
        ck_assert_int_eq(gate(now), TI_GATE_PROBE);
        ck_assert_int_eq(tell(1, (int)i, now, 0), TI_CHANGE_NONE);
    }
}
END_TEST

START_TEST(a_known_token_probes_at_once_where_only_statuses_shut_it)
{
    shut_by_status(NOW);
    ck_assert_int_eq(gate(NOW), TI_GATE_SHUT);
    ck_assert_int_eq(gate_for_known(NOW), TI_GATE_PROBE);
    ck_assert_int_eq(tell(0, 1, NOW, 0), TI_CHANGE_OPENED);
    ck_assert_int_eq(gate(NOW), TI_GATE_OPEN);
}
END_TEST

START_TEST(known_tokens_too_probe_one_at_a_time)
{
    shut_by_status(NOW);
    ck_assert_int_eq(gate_for_known(NOW), TI_GATE_PROBE);
    ck_assert_int_eq(gate_for_known(NOW + 1), TI_GATE_SHUT);
    ck_assert_int_eq(gate(NOW + TI_BREAKER_FIRST), TI_GATE_SHUT);
}
END_TEST

START_TEST(a_known_token_waits_like_others_where_the_server_was_silent)
{
    shut(NOW);
    ck_assert_int_eq(gate_for_known(NOW), TI_GATE_SHUT);
}
END_TEST

START_TEST(a_known_token_waits_like_others_where_the_server_asked_for_it)
{
    spoke = 1;
    tell(1, 1, NOW, apr_time_from_sec(20));
    ck_assert_int_eq(gate_for_known(NOW), TI_GATE_SHUT);
}
END_TEST

START_TEST(a_probe_that_stays_without_answer_makes_it_a_silence)
{
    apr_time_t then = NOW + TI_BREAKER_FIRST;

    shut_by_status(NOW);
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    spoke = 0;
    tell(1, 1, then, 0);
    ck_assert_int_eq(gate_for_known(then), TI_GATE_SHUT);
    then += 2 * TI_BREAKER_FIRST;
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    spoke = 1;
    tell(1, 1, then, 0);
    then += 4 * TI_BREAKER_FIRST;
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    tell(1, 1, then, 0);
    ck_assert(wait_at(then) > TI_BREAKER_LAST_STATUS);
}
END_TEST

START_TEST(what_was_never_sent_is_no_tokens_fault)
{
    int i;

    unsent = 1;
    for (i = 1; i < TI_BREAKER_FAILURES; i++) {
        ck_assert_int_eq(tell(1, 7, NOW, 0), TI_CHANGE_NONE);
    }
    ck_assert_int_eq(tell(1, 7, NOW, 0), TI_CHANGE_SHUT);
}
END_TEST

START_TEST(one_that_was_never_sent_is_as_one_token_more)
{
    int i;

    spoke = 1;
    for (i = 0; i < 100; i++) {
        tell(1, 7, NOW, 0);
    }
    unsent = 1;
    spoke = 0;
    ck_assert_int_eq(tell(1, 7, NOW, 0), TI_CHANGE_NONE);
}
END_TEST

START_TEST(a_probe_may_take_as_long_as_its_question)
{
    apr_time_t then = NOW + TI_BREAKER_FIRST;
    apr_interval_time_t lease = 3 * TI_BREAKER_PROBE;
    ti_breaker_ask_t ask = {.now = then, .lease = lease};

    shut(NOW);
    ck_assert_int_eq(gate_of(&ask), TI_GATE_PROBE);
    ck_assert_int_eq(gate(then + lease - 1), TI_GATE_SHUT);
    ck_assert_int_eq(gate(then + lease), TI_GATE_PROBE);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("outsider");
    TCase *one = tcase_create("outsider");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, breakers_open, NULL);
    tcase_add_test(one, statuses_over_different_tokens_shut_it);
    tcase_add_test(one, both_shut_it_also_soon_after_a_success);
    tcase_add_test(one, a_pause_asked_for_is_kept_also_soon_after_a_success);
    tcase_add_test(one, probes_that_bring_a_status_lengthen_the_pause_a_little);
    tcase_add_test(one,
                   a_known_token_probes_at_once_where_only_statuses_shut_it);
    tcase_add_test(one, known_tokens_too_probe_one_at_a_time);
    tcase_add_test(one,
                   a_known_token_waits_like_others_where_the_server_was_silent);
    tcase_add_test(
        one, a_known_token_waits_like_others_where_the_server_asked_for_it);
    tcase_add_test(one, a_probe_that_stays_without_answer_makes_it_a_silence);
    tcase_add_test(one, what_was_never_sent_is_no_tokens_fault);
    tcase_add_test(one, one_that_was_never_sent_is_as_one_token_more);
    tcase_add_test(one, a_probe_may_take_as_long_as_its_question);
    suite_add_tcase(all, one);
    return all;
}
