/* SPDX-License-Identifier: Apache-2.0
 *
 * When an endpoint is left alone, and what processes know of each other.
 *
 * Under ThreadSanitizer too.
 */
#include "broken.h"

#define ASKERS 2
#define SHUTS 30000

static int stopped;

static void *ask_until_stopped(void *number)
{
    while (!__atomic_load_n(&stopped, __ATOMIC_ACQUIRE)) {
        if (gate(NOW) == TI_GATE_PROBE) {
            __atomic_add_fetch(&probes, 1, __ATOMIC_RELAXED);
        }
    }
    return number;
}

/* Shut it and open it again, over and over. */
static void flap(void)
{
    ti_key_t key = {{0}};
    ti_breaker_event_t event = {
        .trouble = 1, .key = &key, .now = NOW, .random = MIDDLE};
    int i;

    for (i = 0; i < SHUTS; i++) {
        event.trouble = 1;
        for (key.bytes[1] = 1; key.bytes[1] <= TI_BREAKER_FAILURES;
             key.bytes[1]++) {
            ti_breaker_report(breakers, here, &event);
        }
        event.trouble = 0;
        ti_breaker_report(breakers, here, &event);
    }
}

START_TEST(a_new_endpoint_may_be_asked)
{
    ck_assert_int_eq(gate(NOW), TI_GATE_OPEN);
    ck_assert_int_eq(tell(0, 1, NOW, 0), TI_CHANGE_NONE);
}
END_TEST

START_TEST(failures_in_a_row_over_several_tokens_shut_it)
{
    shut(NOW);
    ck_assert_int_eq(gate(NOW), TI_GATE_SHUT);
}
END_TEST

START_TEST(one_bad_token_never_shuts_it)
{
    int i;

    for (i = 0; i < 1000; i++) {
        ck_assert_int_eq(tell(1, 1, NOW, 0), TI_CHANGE_NONE);
        ck_assert_int_eq(tell(1, 2, NOW, 0), TI_CHANGE_NONE);
    }
    ck_assert_int_eq(gate(NOW), TI_GATE_OPEN);
}
END_TEST

START_TEST(a_success_between_begins_the_count_anew)
{
    int i;

    for (i = 0; i < 10 * TI_BREAKER_FAILURES; i++) {
        ck_assert_int_eq(tell(1, i, NOW, 0), TI_CHANGE_NONE);
        if (i % (TI_BREAKER_FAILURES - 1) == TI_BREAKER_FAILURES - 2) {
            tell(0, i, NOW, 0);
        }
    }
    ck_assert_int_eq(gate(NOW), TI_GATE_OPEN);
}
END_TEST

START_TEST(a_success_forgets_which_tokens_had_failed)
{
    int i;

    for (i = 0; i < TI_BREAKER_TOKENS; i++) {
        tell(1, i, NOW, 0);
    }
    tell(0, i, NOW, 0);
    for (i = 0; i < 10 * TI_BREAKER_FAILURES; i++) {
        ck_assert_int_eq(tell(1, 1, NOW, 0), TI_CHANGE_NONE);
    }
    ck_assert_int_eq(gate(NOW), TI_GATE_OPEN);
}
END_TEST

START_TEST(endpoints_are_judged_each_for_itself)
{
    ti_key_t identity = key_of("https://other.example/i");
    ti_breaker_ask_t ask = {.now = NOW};
    apr_uint32_t other;
    apr_interval_time_t wait;

    ck_assert_int_eq(ti_breaker_find(breakers, &identity, &other), APR_SUCCESS);
    ck_assert_uint_ne(other, here);
    shut(NOW);
    ck_assert_int_eq(ti_breaker_ask(breakers, other, &ask, &wait),
                     TI_GATE_OPEN);
}
END_TEST

START_TEST(an_endpoint_keeps_its_place_and_the_last_finds_none)
{
    ti_key_t identity;
    apr_uint32_t index;
    int i;

    for (i = 1; i < TI_BREAKER_ENDPOINTS; i++) {
        identity = key_of(apr_itoa(pool, i));
        ck_assert_int_eq(ti_breaker_find(breakers, &identity, &index),
                         APR_SUCCESS);
        ck_assert_uint_eq(index, i);
    }
    identity = key_of("one too many");
    ck_assert_int_eq(ti_breaker_find(breakers, &identity, &index), APR_ENOSPC);
    identity = key_of("https://as.example/i");
    ck_assert_int_eq(ti_breaker_find(breakers, &identity, &index), APR_SUCCESS);
    ck_assert_uint_eq(index, here);
}
END_TEST

START_TEST(what_one_process_learned_others_know_when_it_is_killed)
{
    pid_t child = process(fail_and_die);

    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_eq(gate(NOW), TI_GATE_SHUT);
    ck_assert_int_eq(tell(0, 1, NOW, 0), TI_CHANGE_OPENED);
}
END_TEST

START_TEST(of_many_threads_that_fail_one_is_told_that_it_shut)
{
    crowd(8, fail_often);
    ck_assert_int_eq(probes, 1);
    ck_assert_int_eq(gate(NOW), TI_GATE_SHUT);
}
END_TEST

START_TEST(a_later_generation_takes_it_over_as_it_is)
{
    ti_breakers_t *old = breakers;

    shut(NOW);
    ck_assert_int_eq(ti_breakers_open(&breakers, memory, 0, pool), APR_SUCCESS);
    ck_assert_ptr_ne(breakers, old);
    ck_assert_int_eq(gate(NOW), TI_GATE_SHUT);
}
END_TEST

START_TEST(its_state_can_be_seen)
{
    ti_breaker_state_t state;

    ti_breaker_state(breakers, here, NOW, &state);
    ck_assert_int_eq(state.gate, TI_GATE_OPEN);
    shut(NOW);
    ti_breaker_state(breakers, here, NOW, &state);
    ck_assert_int_eq(state.gate, TI_GATE_SHUT);
    ck_assert_uint_eq(state.failures, TI_BREAKER_FAILURES);
    ck_assert(state.shut_for == TI_BREAKER_FIRST);
    ti_breaker_state(breakers, here, NOW + TI_BREAKER_FIRST, &state);
    ck_assert_int_eq(state.gate, TI_GATE_PROBE);
    ck_assert(state.shut_for == 0);
}
END_TEST

START_TEST(questions_that_were_on_their_way_do_not_lengthen_the_pause)
{
    apr_time_t then = NOW + TI_BREAKER_FIRST;
    int i;

    shut(NOW);
    for (i = 0; i < 20; i++) {
        ck_assert_int_eq(tell(1, i, NOW + i, 0), TI_CHANGE_NONE);
    }
    ck_assert(wait_at(NOW) == TI_BREAKER_FIRST);
    ck_assert_int_eq(tell(1, 1, then, 0), TI_CHANGE_NONE);
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    tell(1, 1, then, 0);
    ck_assert(wait_at(then) == 2 * TI_BREAKER_FIRST);
}
END_TEST

START_TEST(a_success_on_its_way_does_not_cut_what_the_server_asked_for)
{
    apr_time_t soon = NOW + apr_time_from_sec(2);
    apr_time_t then = NOW + apr_time_from_sec(20);

    tell(1, 1, NOW, then - NOW);
    tell(1, 2, NOW, apr_time_from_sec(1));
    ck_assert_int_eq(tell(0, 2, soon, 0), TI_CHANGE_NONE);
    ck_assert(wait_at(soon) == then - soon);
    ck_assert_int_eq(gate(then), TI_GATE_PROBE);
    ck_assert_int_eq(tell(0, 2, then, 0), TI_CHANGE_OPENED);
}
END_TEST

START_TEST(nobody_probes_before_its_time)
{
    pthread_t threads[ASKERS];
    int i;

    for (i = 0; i < ASKERS; i++) {
        pthread_create(&threads[i], NULL, ask_until_stopped, NULL);
    }
    flap();
    __atomic_store_n(&stopped, 1, __ATOMIC_RELEASE);
    for (i = 0; i < ASKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_eq(probes, 0);
}
END_TEST

START_TEST(a_clock_that_is_set_back_does_not_keep_it_shut)
{
    apr_time_t past = NOW - apr_time_from_sec(900);

    shut(NOW);
    ck_assert_int_eq(gate(NOW + TI_BREAKER_FIRST), TI_GATE_PROBE);
    ck_assert_int_eq(gate(past), TI_GATE_PROBE);
    ck_assert_int_eq(gate(past), TI_GATE_SHUT);
    ck_assert_int_eq(tell(0, 1, past, 0), TI_CHANGE_OPENED);
}
END_TEST

static void answered_after(apr_interval_time_t took)
{
    ti_key_t key = {{0}};
    ti_breaker_event_t event = {.key = &key, .now = NOW, .took = took};

    ti_breaker_report(breakers, here, &event);
}

START_TEST(its_wait_is_the_longest_of_late)
{
    ck_assert_int_eq(ti_breaker_wait(breakers, here), 0);
    answered_after(800);
    ck_assert_int_eq(ti_breaker_wait(breakers, here), 800);
    answered_after(80);
    ck_assert_int_eq(ti_breaker_wait(breakers, here), 710);
    tell(1, 1, NOW, 0);
    ck_assert_int_eq(ti_breaker_wait(breakers, here), 710);
    answered_after(900);
    ck_assert_int_eq(ti_breaker_wait(breakers, here), 900);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("breaker");
    TCase *one = tcase_create("breaker");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, breakers_open, NULL);
    tcase_add_test(one, a_new_endpoint_may_be_asked);
    tcase_add_test(one, failures_in_a_row_over_several_tokens_shut_it);
    tcase_add_test(one, one_bad_token_never_shuts_it);
    tcase_add_test(one, a_success_between_begins_the_count_anew);
    tcase_add_test(one, a_success_forgets_which_tokens_had_failed);
    tcase_add_test(one, endpoints_are_judged_each_for_itself);
    tcase_add_test(one, an_endpoint_keeps_its_place_and_the_last_finds_none);
    tcase_add_test(one, what_one_process_learned_others_know_when_it_is_killed);
    tcase_add_test(one, of_many_threads_that_fail_one_is_told_that_it_shut);
    tcase_add_test(one, a_later_generation_takes_it_over_as_it_is);
    tcase_add_test(one, its_state_can_be_seen);
    tcase_add_test(one,
                   questions_that_were_on_their_way_do_not_lengthen_the_pause);
    tcase_add_test(one,
                   a_success_on_its_way_does_not_cut_what_the_server_asked_for);
    tcase_add_test(one, nobody_probes_before_its_time);
    tcase_add_test(one, a_clock_that_is_set_back_does_not_keep_it_shut);
    tcase_add_test(one, its_wait_is_the_longest_of_late);
    suite_add_tcase(all, one);
    return all;
}
