/* SPDX-License-Identifier: Apache-2.0
 *
 * One question over several endpoints of one server: when the next one is
 * asked, for how long, and what is told about when to come back.
 */
#include "fake.h"

#include "ask/ask.h"
#include "traffic/breaker.h"

#define ENDPOINTS 3

/* What each endpoint answers, how long it takes, and what it was given. */
static ti_http_response_t replies[ENDPOINTS];
static apr_interval_time_t takes[ENDPOINTS];
static ti_http_request_t given[ENDPOINTS];
static int times_asked[ENDPOINTS];

static apr_status_t answer_by_url(ti_http_t *http, ti_http_response_t *answer,
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

START_TEST(that_nobody_is_there_is_no_tokens_fault)
{
    int i;

    fails_at(0, TI_HTTP_CONNECT, 0);
    for (i = 0; i < TI_BREAKER_FAILURES; i++) {
        verify("token");
    }
    ck_assert_int_eq(gate_of(0), TI_GATE_SHUT);
    ck_assert_int_eq(gate_of(1), TI_GATE_OPEN);
}
END_TEST

START_TEST(silence_over_one_token_may_be_its_fault)
{
    int i;

    fails_at(0, TI_HTTP_TIMEOUT, 1);
    for (i = 0; i < 10 * TI_BREAKER_FAILURES; i++) {
        verify("token");
    }
    ck_assert_int_eq(gate_of(0), TI_GATE_OPEN);
}
END_TEST

START_TEST(a_token_that_was_active_is_asked_about_where_others_shut_it)
{
    int i;

    world.cache = &cache_array;
    server->stale_if_error = SECONDS(60);
    ck_assert_int_eq(verify("good"), TI_GRANTED);
    now += SECONDS(70);
    answers_at(0, 500, 0);
    for (i = 0; i < TI_BREAKER_FAILURES; i++) {
        verify(apr_psprintf(pool, "made-up-%d", i));
    }
    ck_assert_int_eq(gate_of(0), TI_GATE_SHUT);
    endpoints_open(1);
    ck_assert_int_eq(verify("made-up"), TI_UNAVAILABLE);
    ck_assert_int_eq(verify("good"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_ASKED);
    ck_assert_int_eq(gate_of(0), TI_GATE_OPEN);
}
END_TEST

/* Ask with so much time left. */
static ti_outcome_t ask_until(apr_time_t until)
{
    ti_question_t question = {server, &policy, "token", 5,   NULL,
                              pool,   0,       NULL,    NULL};
    ti_outcome_t outcome;
    ti_key_t key = key_of("token");

    if (server->tokens == NULL) {
        arm();
    }
    ti_ask(&outcome, &world, &question, &key, until);
    return outcome;
}

START_TEST(a_server_is_not_blamed_for_a_question_with_hardly_any_time)
{
    fails_at(0, TI_HTTP_TIMEOUT, 1);
    ck_assert(ask_until(now + apr_time_from_msec(5)).hurried);
    ck_assert(!ti_ask_strained(&world, server));
    ck_assert(!ask_until(now + SECONDS(6)).hurried);
    endpoints_open(1);
    ck_assert(ti_ask_strained(&world, server));
}
END_TEST

START_TEST(without_time_nobody_is_asked_and_nobody_sent_away_for_long)
{
    ti_outcome_t outcome = ask_until(now);

    ck_assert_int_eq(outcome.verdict, TI_UNAVAILABLE);
    ck_assert(outcome.retry_after == SECONDS(5));
    ck_assert_int_eq(times_asked[0], 0);
}
END_TEST

START_TEST(a_server_without_endpoints_is_not_in_trouble)
{
    endpoints_open(0);
    ck_assert(!ti_ask_strained(&world, server));
}
END_TEST

/* A later question that was answered sooner. */
static apr_status_t answer_after_a_no(ti_http_t *http,
                                      ti_http_response_t *answer,
                                      const ti_http_request_t *request,
                                      apr_pool_t *p)
{
    ti_entry_t no = {TI_KIND_INACTIVE, now + 1, now + SECONDS(15), NULL, 0};
    ti_key_t key;

    ti_key_derive(&key, server->tokens, "token", 5);
    store(&cache_array, &key, &no, now, pool);
    now += 2;
    return answer_by_url(http, answer, request, p);
}

static apr_status_t store_in_order(ti_cache_t *cache, const ti_key_t *key,
                                   const ti_entry_t *entry, apr_time_t at,
                                   apr_pool_t *p)
{
    int i = cell_of(key);

    if (i < cells_used && cells[i].entry.answered > entry->answered) {
        return APR_EEXIST;
    }
    return store(cache, key, entry, at, p);
}

START_TEST(who_asked_before_a_revocation_and_hears_after_it_is_refused)
{
    ti_http_t slow = {answer_after_a_no, NULL};
    ti_cache_t ordered = {fetch, store_in_order, NULL, NULL};

    world.http = &slow;
    world.cache = &ordered;
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(times_asked[0], 1);
}
END_TEST

START_TEST(who_waited_in_vain_asks_for_the_rest_of_its_time_only)
{
    ti_flight_t flight;
    ti_flight_plan_t plan = {0};
    ti_key_t key;

    world.cache = &cache_array;
    world.steady = ti_clock_steady;
    now = ti_clock_steady();
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
    tcase_add_test(one,
                   a_server_is_not_blamed_for_a_question_with_hardly_any_time);
    tcase_add_test(one,
                   without_time_nobody_is_asked_and_nobody_sent_away_for_long);
    tcase_add_test(one, a_server_without_endpoints_is_not_in_trouble);
    tcase_add_test(one,
                   who_asked_before_a_revocation_and_hears_after_it_is_refused);
    tcase_add_test(one, that_nobody_is_there_is_no_tokens_fault);
    tcase_add_test(one, silence_over_one_token_may_be_its_fault);
    tcase_add_test(one,
                   a_token_that_was_active_is_asked_about_where_others_shut_it);
    suite_add_tcase(all, one);
    return all;
}
