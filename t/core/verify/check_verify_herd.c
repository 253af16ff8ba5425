/* SPDX-License-Identifier: Apache-2.0
 *
 * A hundred requests with one token: one of them asks, and all get its answer.
 *
 * Under ThreadSanitizer too.
 * Not under valgrind.
 */
#include "fake.h"

#include "traffic/actives.h"
#include "verify/answer.h"
#include "verify/refresher.h"

#define CROWD 100

static int arrived;
static int granted;
static int refused; /* because it was unavailable */
static int decided;

/* The answer comes when all are there, and those who wait are likely to. */
static apr_status_t answer_the_crowd(ti_http_t *http,
                                     ti_http_response_t *answer,
                                     const ti_http_request_t *request,
                                     apr_pool_t *p)
{
    apr_time_t end = apr_time_now() + PATIENCE;

    while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < CROWD &&
           apr_time_now() < end) {
        apr_sleep(1000);
    }
    apr_sleep(apr_time_from_msec(300));
    return exchange(http, answer, request, p);
}

/* A process that goes down gives up the first question. */
static apr_status_t abort_the_first(ti_http_t *http, ti_http_response_t *answer,
                                    const ti_http_request_t *request,
                                    apr_pool_t *p)
{
    apr_status_t rv = answer_the_crowd(http, answer, request, p);

    if (__atomic_load_n(&asks, __ATOMIC_RELAXED) == 1) {
        memset(answer, 0, sizeof(*answer));
        answer->failure = TI_HTTP_ABORTED;
        answer->reason = "it goes down";
        return APR_EGENERAL;
    }
    return rv;
}

static ti_http_t crowded_network = {answer_the_crowd, NULL};
static ti_http_t aborting_network = {abort_the_first, NULL};

/* A thread that stays as long as its process, as those of httpd do. */
static void *verify_and_stay(void *number)
{
    ti_question_t question = {
        .server = server, .policy = &policy, .token = "token", .length = 5};
    ti_result_t own;
    apr_uint32_t own_fingerprint;

    (void)number;
    apr_pool_create_unmanaged_ex(&question.p, NULL, NULL);
    __atomic_add_fetch(&arrived, 1, __ATOMIC_RELEASE);
    ti_verify(&own, &own_fingerprint, &world, &question);
    if (own.verdict == TI_GRANTED) {
        __atomic_add_fetch(&granted, 1, __ATOMIC_RELAXED);
    }
    if (own.verdict == TI_UNAVAILABLE) {
        __atomic_add_fetch(&refused, 1, __ATOMIC_RELAXED);
    }
    apr_pool_destroy(question.p);
    __atomic_add_fetch(&decided, 1, __ATOMIC_RELEASE);
    for (;;) {
        pause();
    }
    return NULL;
}

static int all_have_decided(void)
{
    return __atomic_load_n(&decided, __ATOMIC_ACQUIRE) == CROWD;
}

static void verify_in_crowd(void)
{
    pthread_t thread;
    int i;

    arm();
    fly();
    for (i = 0; i < CROWD; i++) {
        ck_assert_int_eq(pthread_create(&thread, NULL, verify_and_stay, NULL),
                         0);
        pthread_detach(thread);
    }
    ck_assert(comes_true(all_have_decided));
    ck_assert(nobody_asks());
}

static void crowd_open(void)
{
    pool_open();
    world_open();
    arrived = 0;
    granted = 0;
    refused = 0;
    decided = 0;
    world.http = &crowded_network;
}

START_TEST(a_hundred_threads_with_one_token_make_one_call)
{
    verify_in_crowd();
    ck_assert_int_eq(asks, 1);
    ck_assert_int_eq(granted, CROWD);
}
END_TEST

START_TEST(a_hundred_threads_with_an_inactive_token_make_one_call)
{
    answers(200, "{\"active\":false}");
    verify_in_crowd();
    ck_assert_int_eq(asks, 1);
    ck_assert_int_eq(granted, 0);
    ck_assert_int_eq(refused, 0);
}
END_TEST

START_TEST(an_answer_that_is_not_remembered_serves_those_who_wait_for_it)
{
    /* its exp is over, within the leeway */
    answers(200, "{\"active\":true,\"exp\":990}");
    verify_in_crowd();
    ck_assert_int_eq(asks, 1);
    ck_assert_int_eq(granted, CROWD);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(so_does_one_that_took_longer_than_it_is_remembered)
{
    server->cache_max_age = apr_time_from_msec(100);
    reply_takes = apr_time_from_msec(500);
    verify_in_crowd();
    ck_assert_int_eq(asks, 1);
    ck_assert_int_eq(granted, CROWD);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 2);
}
END_TEST

/* Memory of an answer that was sent for at START. */
static ti_answer_t kept_answer(void)
{
    ti_answer_t memory = {0};

    memory.entry.kind = TI_KIND_CLAIMS;
    memory.entry.answered = START;
    return memory;
}

/* Does what was `answered` then serve a question that arrived so long after
 * START? */
static int is_shared(apr_time_t answered, apr_interval_time_t later)
{
    ti_question_t question = {.server = server, .policy = &policy, .p = pool};
    ti_answer_t memory = kept_answer();

    question.until = START + later + server->timeout;
    return ti_answer_shares(&memory, &question, answered);
}

START_TEST(but_not_where_it_is_older_than_a_place_takes)
{
    ck_assert(is_shared(START, SECONDS(3)));
    policy.max_age = SECONDS(3);
    ck_assert(!is_shared(START, SECONDS(3)));
    ck_assert(is_shared(START, SECONDS(3) - 1));
    ck_assert(!is_shared(START + TI_ENTRY_JITTER + 1, 0));
    ck_assert(!is_shared(0, 0));
}
END_TEST

START_TEST(a_failure_is_shared_with_those_who_wait)
{
    fails(TI_HTTP_BROKEN);
    verify_in_crowd();
    ck_assert_int_eq(asks, 1);
    ck_assert_int_eq(refused, CROWD);
}
END_TEST

START_TEST(a_place_that_always_asks_takes_nobody_elses_answer)
{
    policy.max_age = 0;
    server->calls_max = CROWD;
    verify_in_crowd();
    ck_assert_int_eq(asks, CROWD);
    ck_assert_int_eq(granted, CROWD);
}
END_TEST

START_TEST(when_a_process_goes_down_with_the_question_another_asks)
{
    world.http = &aborting_network;
    verify_in_crowd();
    ck_assert_int_eq(asks, 2);
    ck_assert_int_eq(granted, CROWD - 1);
    ck_assert_int_eq(refused, 1);
}
END_TEST

/* Three questions that nobody took. */
static void make_silent(void)
{
    int i;

    for (i = 0; i < TI_PACE_SILENT_AFTER; i++) {
        ti_key_t other = key_of(i == 0 ? "one" : i == 1 ? "two" : "three");
        ti_flight_plan_t plan = {
            .key = &other, .server = 1, .cap = 10, .lease = SECONDS(60)};
        ti_notice_t nothing = {0};
        ti_flight_t flight;

        ck_assert_int_eq(ti_flight_join(&flight, world.flights, &plan),
                         TI_FLIGHT_LEAD);
        ti_flight_end(world.flights, &flight, &nothing, TI_FEEDBACK_UNSENT, 0);
    }
    ck_assert(ti_flights_silent(world.flights, 1));
    apr_sleep(TI_PACE_SILENT); /* until the next may ask */
}

/* A leader that will not come back, and an older answer to serve. */
static ti_flight_t flight;

static void outlive_with_a_leader(int silent)
{
    ti_flight_plan_t plan = {0};
    ti_key_t key;

    world.http = &network;
    server->stale_if_error = SECONDS(60);
    server->timeout = SECONDS(2);
    arm();
    fly();
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    now += SECONDS(70);
    ti_key_derive(&key, server->tokens, "token", 5);
    if (silent) {
        make_silent();
    }
    plan.key = &key;
    plan.cap = 10;
    plan.lease = SECONDS(60);
    ck_assert_int_eq(ti_flight_join(&flight, world.flights, &plan),
                     TI_FLIGHT_LEAD);
}

START_TEST(who_has_an_older_answer_does_not_wait_for_a_silent_server)
{
    apr_time_t begin;

    outlive_with_a_leader(1);
    server->outlives_requests = 1;
    ck_assert_int_eq(
        ti_refresher_create(&world.refresher, ti_verify_refresh, pool),
        APR_SUCCESS);
    begin = apr_time_now();
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_STALE);
    ck_assert_int_lt(apr_time_now() - begin, SECONDS(1));
    ck_assert_int_eq(asks, 1);
}
END_TEST

static int nobody_serves_old_answers(void)
{
    return verify("token") == TI_GRANTED &&
           result.source == TI_SOURCE_REMEMBERED;
}

START_TEST(a_renewal_finds_out_whether_the_server_is_back)
{
    ti_notice_t nothing = {0};

    outlive_with_a_leader(1);
    ti_flight_end(world.flights, &flight, &nothing, TI_FEEDBACK_NONE, 0);
    apr_sleep(TI_PACE_SILENT); /* until the next may ask */
    server->outlives_requests = 1;
    ck_assert_int_eq(
        ti_refresher_create(&world.refresher, ti_verify_refresh, pool),
        APR_SUCCESS);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_STALE);
    ck_assert(comes_true(nobody_serves_old_answers));
    ck_assert_int_le(__atomic_load_n(&asks, __ATOMIC_RELAXED), 3);
}
END_TEST

START_TEST(but_for_a_healthy_one_it_does)
{
    apr_time_t begin;

    outlive_with_a_leader(0);
    begin = apr_time_now();
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_STALE);
    ck_assert_int_ge(apr_time_now() - begin, SECONDS(1));
}
END_TEST

/* So many questions about tokens that nobody knows, without an end. */
static void fill_with_unknown(int count)
{
    ti_flight_plan_t plan = {.server = server->number,
                             .cap = (apr_uint32_t)server->calls_max,
                             .lease = SECONDS(60)};
    ti_flight_t others;
    int i;

    for (i = 0; i < count; i++) {
        ti_key_t other = key_of(apr_psprintf(pool, "other-%d", i));

        plan.key = &other;
        ck_assert_int_eq(ti_flight_join(&others, world.flights, &plan),
                         TI_FLIGHT_LEAD);
    }
}

/* A server with few places, all but the reserve of which are taken later. */
static void few_places_open(int count)
{
    world.http = &network;
    world.actives = ti_actives_open(shared_open(ti_actives_size()));
    server->calls_max = count;
    server->timeout = SECONDS(1); /* of which half in line */
    server->stale_if_error = SECONDS(60);
    arm();
    fly();
}

START_TEST(who_finds_no_place_is_served_an_older_answer)
{
    few_places_open(1);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    now += SECONDS(70);
    fill_with_unknown(1);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_STALE);
    ck_assert_int_eq(verify("another"), TI_UNAVAILABLE);
    ck_assert_int_eq(result.message, TI_MSG_FULL);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(a_token_that_was_active_has_a_place_among_unknown_ones)
{
    few_places_open(8);
    policy.max_age = 0; /* its answer serves nobody */
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    fill_with_unknown(7);
    now += SECONDS(3000);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_ASKED);
    ck_assert_int_eq(verify("another"), TI_UNAVAILABLE);
    ck_assert_int_eq(asks, 2);
    now += SECONDS(3700);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("herd");
    TCase *one = tcase_create("herd");

    tcase_add_checked_fixture(one, crowd_open, pool_close);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, a_hundred_threads_with_one_token_make_one_call);
    tcase_add_test(one, a_hundred_threads_with_an_inactive_token_make_one_call);
    tcase_add_test(
        one, an_answer_that_is_not_remembered_serves_those_who_wait_for_it);
    tcase_add_test(one, so_does_one_that_took_longer_than_it_is_remembered);
    tcase_add_test(one, but_not_where_it_is_older_than_a_place_takes);
    tcase_add_test(one, a_failure_is_shared_with_those_who_wait);
    tcase_add_test(one, a_place_that_always_asks_takes_nobody_elses_answer);
    tcase_add_test(one,
                   when_a_process_goes_down_with_the_question_another_asks);
    tcase_add_test(one,
                   who_has_an_older_answer_does_not_wait_for_a_silent_server);
    tcase_add_test(one, a_renewal_finds_out_whether_the_server_is_back);
    tcase_add_test(one, but_for_a_healthy_one_it_does);
    tcase_add_test(one, who_finds_no_place_is_served_an_older_answer);
    tcase_add_test(one, a_token_that_was_active_has_a_place_among_unknown_ones);
    suite_add_tcase(all, one);
    return all;
}
