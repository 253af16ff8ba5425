/* SPDX-License-Identifier: Apache-2.0
 *
 * One question over several endpoints of one server: when the next one is
 * asked, for how long, and what is told about when to come back.
 */
#include "fake.h"

#include "breaker.h"

#define ENDPOINTS 3

/* What each endpoint answers, how long it takes, and what it was given. */
static ti_http_answer_t replies[ENDPOINTS];
static apr_interval_time_t takes[ENDPOINTS];
static ti_http_request_t given[ENDPOINTS];
static int times_asked[ENDPOINTS];

static apr_status_t answer_by_url(ti_http_t *http, ti_http_answer_t *answer,
                                  const ti_http_request_t *request,
                                  apr_pool_t *p)
{
    int i = request->url[strlen(request->url) - 1] - '0';

    (void)http;
    (void)p;
    ck_assert(i >= 0 && i < ENDPOINTS);
    given[i] = *request;
    times_asked[i]++;
    now += takes[i];
    *answer = replies[i];
    return answer->failure == TI_HTTP_OK ? APR_SUCCESS : APR_EGENERAL;
}

static ti_http_t by_url = {answer_by_url, NULL};

static void answers_at(int i, int status, apr_interval_time_t retry_after)
{
    answers(status, "{\"active\":true}");
    replies[i] = reply;
    replies[i].sent = 1;
    replies[i].retry_after = retry_after;
}

static void fails_at(int i, ti_http_failure_t failure, int sent)
{
    fails(failure);
    replies[i] = reply;
    replies[i].sent = sent;
}

static void endpoints_open(int count)
{
    static const char *const urls[ENDPOINTS] = {
        "https://as.example/0", "https://as.example/1", "https://as.example/2"};
    apr_array_header_t *endpoints =
        apr_array_make(pool, count, sizeof(const char *));
    int i;

    for (i = 0; i < count; i++) {
        ti_key_t identity = key_of(urls[i]);

        APR_ARRAY_PUSH(endpoints, const char *) = urls[i];
        answers_at(i, 200, 0);
        takes[i] = 0;
        times_asked[i] = 0;
        ck_assert_int_eq(
            ti_breaker_find(world.breakers, &identity, &server->health[i]),
            APR_SUCCESS);
    }
    server->endpoints = endpoints;
}

static void all_open(void)
{
    pool_open();
    world_open();
    world.http = &by_url;
    world.cache = NULL;
    ck_assert_int_eq(ti_breakers_open(&world.breakers,
                                      shared_open(ti_breakers_size()), 1, pool),
                     APR_SUCCESS);
    endpoints_open(2);
}

static ti_gate_t gate_of(int i)
{
    ti_breaker_state_t state;

    ti_breaker_state(world.breakers, server->health[i], now, &state);
    return state.gate;
}

START_TEST(where_nothing_was_sent_the_next_endpoint_is_asked)
{
    static const ti_http_failure_t failures[] = {
        TI_HTTP_RESOLVE, TI_HTTP_CONNECT, TI_HTTP_TLS, TI_HTTP_TIMEOUT};
    apr_size_t i;

    for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        fails_at(0, failures[i], 0);
        ck_assert_int_eq(verify("token"), TI_GRANTED);
        ck_assert_int_eq(times_asked[1], (int)i + 1);
    }
}
END_TEST

START_TEST(what_was_sent_is_sent_to_nobody_else)
{
    static const ti_http_failure_t failures[] = {
        TI_HTTP_TIMEOUT, TI_HTTP_BROKEN, TI_HTTP_TOO_LARGE};
    apr_size_t i;

    for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        fails_at(0, failures[i], 1);
        ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    }
    answers_at(0, 500, 0);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    ck_assert_int_eq(times_asked[1], 0);
}
END_TEST

START_TEST(what_fails_on_our_side_would_fail_again)
{
    fails_at(0, TI_HTTP_INTERNAL, 0);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    fails_at(0, TI_HTTP_ABORTED, 0);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    ck_assert_int_eq(times_asked[1], 0);
}
END_TEST

START_TEST(all_endpoints_together_have_the_time_of_one_question)
{
    endpoints_open(3);
    server->timeout = SECONDS(5);
    server->connect_timeout = SECONDS(2);
    fails_at(0, TI_HTTP_TIMEOUT, 0);
    fails_at(1, TI_HTTP_TIMEOUT, 0);
    takes[0] = SECONDS(2);
    takes[1] = SECONDS(2);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert(given[0].timeout == SECONDS(5));
    ck_assert(given[1].timeout == SECONDS(3));
    ck_assert(given[2].timeout == SECONDS(1));
    ck_assert(given[2].connect_timeout == SECONDS(1));
    takes[1] = SECONDS(3);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    ck_assert_int_eq(times_asked[2], 1);
}
END_TEST

START_TEST(who_has_to_come_back_is_told_the_soonest_time)
{
    fails_at(0, TI_HTTP_CONNECT, 0);
    answers_at(1, 503, SECONDS(200));
    verify("token");
    ck_assert(result.retry_after == SECONDS(5));
    answers_at(0, 503, SECONDS(20));
    verify("another");
    ck_assert(result.retry_after == SECONDS(20));
}
END_TEST

START_TEST(nobody_is_told_to_stay_away_for_longer_than_we_do)
{
    answers_at(0, 429, SECONDS(86400));
    verify("token");
    ck_assert(result.retry_after == TI_BREAKER_ASKED_MAX);
    ck_assert_int_eq(gate_of(0), TI_GATE_SHUT);
}
END_TEST

START_TEST(only_429_and_503_may_ask_for_a_pause)
{
    static const int statuses[] = {500, 502, 504, 401, 404, 302, 204};
    apr_size_t i;

    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        answers_at(0, statuses[i], SECONDS(300));
        verify("token");
        ck_assert_int_eq(gate_of(0), TI_GATE_OPEN);
        ck_assert(result.retry_after <= SECONDS(5));
    }
    answers_at(0, 503, SECONDS(30));
    verify("token");
    ck_assert_int_eq(gate_of(0), TI_GATE_SHUT);
}
END_TEST

START_TEST(a_question_given_up_by_us_tells_nothing_about_the_server)
{
    ti_breaker_state_t state;
    int i;

    fails_at(0, TI_HTTP_CONNECT, 0);
    fails_at(1, TI_HTTP_CONNECT, 0);
    for (i = 0; i < 20; i++) {
        verify(apr_psprintf(pool, "token-%d", i));
    }
    ck_assert_int_eq(gate_of(0), TI_GATE_SHUT);
    now += SECONDS(60); /* a probe may go */
    fails_at(0, TI_HTTP_ABORTED, 1);
    verify("probe");
    ti_breaker_state(world.breakers, server->health[0], now, &state);
    ck_assert_int_ne(state.gate, TI_GATE_OPEN);
    ck_assert_uint_ge(state.failures, TI_BREAKER_FAILURES);
}
END_TEST

START_TEST(who_waited_in_vain_asks_for_the_rest_of_its_time_only)
{
    ti_flight_t flight;
    ti_flight_plan_t plan = {0};
    ti_key_t key;

    world.cache = &cache_array;
    world.clock = apr_time_now;
    now = apr_time_now();
    server->timeout = SECONDS(3);
    arm();
    fly();
    ti_key_derive(&key, server->tokens, "token", 5);
    plan.key = &key;
    plan.cap = 10;
    plan.server = server->index;
    plan.lease = SECONDS(1);
    ck_assert_int_eq(ti_flight_board(&flight, world.flights, &plan),
                     TI_FLIGHT_LEAD);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_le(given[0].timeout, SECONDS(2) + apr_time_from_msec(10));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("ask");
    TCase *one = tcase_create("ask");

    tcase_add_checked_fixture(one, all_open, pool_close);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, where_nothing_was_sent_the_next_endpoint_is_asked);
    tcase_add_test(one, what_was_sent_is_sent_to_nobody_else);
    tcase_add_test(one, what_fails_on_our_side_would_fail_again);
    tcase_add_test(one, all_endpoints_together_have_the_time_of_one_question);
    tcase_add_test(one, who_has_to_come_back_is_told_the_soonest_time);
    tcase_add_test(one, nobody_is_told_to_stay_away_for_longer_than_we_do);
    tcase_add_test(one, only_429_and_503_may_ask_for_a_pause);
    tcase_add_test(one,
                   a_question_given_up_by_us_tells_nothing_about_the_server);
    tcase_add_test(one, who_waited_in_vain_asks_for_the_rest_of_its_time_only);
    suite_add_tcase(all, one);
    return all;
}
