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
        APR_ARRAY_PUSH(endpoints, const char *) = urls[i];
        answers_at(i, 200, 0);
        takes[i] = 0;
        times_asked[i] = 0;
    }
    server->endpoints = endpoints;
}

static void all_open(void)
{
    pool_open();
    world_open();
    world.http = &by_url;
    world.cache = NULL;
    fly();
    server->number = 1;
    endpoints_open(2);
}

/* Is this endpoint put off behind others? */
static int is_put_off(int i)
{
    const ti_breaker_t *breaker =
        ti_flights_breaker(world.flights, server->number, i);

    return breaker != NULL && breaker->until > now;
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
    ck_assert(result.retry_after == SECONDS(300));
}
END_TEST

START_TEST(no_answer_keeps_the_next_question_from_being_asked)
{
    static const int statuses[] = {500, 502, 503, 429, 401, 404, 302, 204};
    int i;
    int n;

    endpoints_open(1);
    for (i = 0; i < 8; i++) {
        answers_at(0, statuses[i], SECONDS(300));
        times_asked[0] = 0;
        for (n = 0; n < 10; n++) {
            verify(apr_psprintf(pool, "made-up-%d-%d", i, n));
            apr_sleep(TI_PACE_DOUBT);
        }
        ck_assert_int_eq(times_asked[0], 10);
    }
}
END_TEST

static void put_off_the_first(void)
{
    int i;

    fails_at(0, TI_HTTP_CONNECT, 0);
    for (i = 0; i < TI_BREAKER_FAILURES; i++) {
        ck_assert(!is_put_off(0));
        ck_assert_int_eq(verify("token"), TI_GRANTED);
    }
    ck_assert(is_put_off(0));
}

START_TEST(an_endpoint_that_cannot_be_connected_to_is_asked_after_others)
{
    put_off_the_first();
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(times_asked[0], TI_BREAKER_FAILURES);
    now += TI_BREAKER_PAUSE;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(times_asked[0], TI_BREAKER_FAILURES + 1);
    ck_assert(is_put_off(0));
    ck_assert(!is_put_off(1));
}
END_TEST

START_TEST(where_no_other_can_be_connected_to_it_is_asked_at_once)
{
    put_off_the_first();
    fails_at(1, TI_HTTP_CONNECT, 0);
    answers_at(0, 200, 0);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert(!is_put_off(0));
}
END_TEST

START_TEST(what_an_endpoint_answers_never_puts_it_off)
{
    static const int statuses[] = {500, 503, 429, 401};
    int i;
    int n;

    for (i = 0; i < 4; i++) {
        answers_at(0, statuses[i], SECONDS(300));
        for (n = 0; n < 10; n++) {
            verify("token");
        }
    }
    fails_at(0, TI_HTTP_TIMEOUT, 1);
    for (n = 0; n < 10; n++) {
        verify("token");
    }
    ck_assert(!is_put_off(0));
}
END_TEST

/* Ask with so much time left. */
static ti_outcome_t ask_until(apr_time_t until)
{
    ti_question_t question = {.server = server,
                              .policy = &policy,
                              .token = "token",
                              .length = 5,
                              .p = pool};
    ti_outcome_t outcome;

    if (server->tokens == NULL) {
        arm();
    }
    question.until = until;
    ti_ask(&outcome, &world, &question);
    return outcome;
}

START_TEST(a_server_is_not_blamed_for_a_question_with_hardly_any_time)
{
    fails_at(0, TI_HTTP_TIMEOUT, 1);
    ck_assert_int_eq(ask_until(now + apr_time_from_msec(5)).feedback,
                     TI_FEEDBACK_NONE);
    ck_assert_int_eq(ask_until(now + SECONDS(6)).feedback, TI_FEEDBACK_TIMEOUT);
}
END_TEST

/* What an answer tells about the server. */
static ti_feedback_t feedback_of(int status, const char *body)
{
    answers_at(0, status, 0);
    replies[0].body = body;
    replies[0].length = strlen(body);
    return ask_until(now + SECONDS(6)).feedback;
}

START_TEST(each_answer_tells_something_about_the_server)
{
    static const ti_http_failure_t unsent[] = {TI_HTTP_RESOLVE, TI_HTTP_CONNECT,
                                               TI_HTTP_TLS};
    int i;

    endpoints_open(1);
    ck_assert_int_eq(feedback_of(200, "{\"active\":true}"), TI_FEEDBACK_ACTIVE);
    ck_assert_int_eq(feedback_of(200, "{\"active\":false}"),
                     TI_FEEDBACK_INACTIVE);
    ck_assert_int_eq(feedback_of(400, "{\"error\":\"invalid_token\"}"),
                     TI_FEEDBACK_INACTIVE);
    ck_assert_int_eq(feedback_of(200, "no JSON"), TI_FEEDBACK_TROUBLE);
    ck_assert_int_eq(feedback_of(204, ""), TI_FEEDBACK_TROUBLE);
    ck_assert_int_eq(feedback_of(500, ""), TI_FEEDBACK_TROUBLE);
    ck_assert_int_eq(feedback_of(503, ""), TI_FEEDBACK_OVERLOAD);
    ck_assert_int_eq(feedback_of(429, ""), TI_FEEDBACK_OVERLOAD);
    ck_assert_int_eq(feedback_of(401, ""), TI_FEEDBACK_OTHER);
    ck_assert_int_eq(feedback_of(404, ""), TI_FEEDBACK_OTHER);
    for (i = 0; i < 3; i++) {
        fails_at(0, unsent[i], 0);
        ck_assert_int_eq(ask_until(now + SECONDS(6)).feedback,
                         TI_FEEDBACK_UNSENT);
    }
    fails_at(0, TI_HTTP_TIMEOUT, 0);
    ck_assert_int_eq(ask_until(now + SECONDS(6)).feedback,
                     TI_FEEDBACK_UNCONNECTED);
    fails_at(0, TI_HTTP_BROKEN, 1);
    ck_assert_int_eq(ask_until(now + SECONDS(6)).feedback, TI_FEEDBACK_TROUBLE);
    fails_at(0, TI_HTTP_TOO_LARGE, 1);
    ck_assert_int_eq(ask_until(now + SECONDS(6)).feedback, TI_FEEDBACK_TROUBLE);
    fails_at(0, TI_HTTP_ABORTED, 1);
    ck_assert_int_eq(ask_until(now + SECONDS(6)).feedback, TI_FEEDBACK_NONE);
    fails_at(0, TI_HTTP_INTERNAL, 0);
    ck_assert_int_eq(ask_until(now + SECONDS(6)).feedback, TI_FEEDBACK_NONE);
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
    ti_cache_t ordered = {fetch, store_in_order, NULL, NULL, NULL};

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
    plan.server = server->number;
    plan.lease = SECONDS(1);
    ck_assert_int_eq(ti_flight_join(&flight, world.flights, &plan),
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
    tcase_add_test(one, no_answer_keeps_the_next_question_from_being_asked);
    tcase_add_test(
        one, an_endpoint_that_cannot_be_connected_to_is_asked_after_others);
    tcase_add_test(one, where_no_other_can_be_connected_to_it_is_asked_at_once);
    tcase_add_test(one, what_an_endpoint_answers_never_puts_it_off);
    tcase_add_test(one, who_waited_in_vain_asks_for_the_rest_of_its_time_only);
    tcase_add_test(one,
                   a_server_is_not_blamed_for_a_question_with_hardly_any_time);
    tcase_add_test(one,
                   without_time_nobody_is_asked_and_nobody_sent_away_for_long);
    tcase_add_test(one, each_answer_tells_something_about_the_server);
    tcase_add_test(one,
                   who_asked_before_a_revocation_and_hears_after_it_is_refused);
    suite_add_tcase(all, one);
    return all;
}
