/* SPDX-License-Identifier: Apache-2.0
 *
 * What is remembered serves only those whose own credentials the server has
 * accepted since they were loaded.
 */
#include "fake.h"

static ti_server_t *ours;   /* with the right secret */
static ti_server_t *theirs; /* the same client, with another secret */

static void servers_open(void)
{
    pool_open();
    world_open();
    arm();
    ours = server;
    server_new("https://as.example/i");
    server->client_secret = "wrong";
    arm();
    theirs = server;
    ck_assert(
        ti_key_same(&ours->identity, &theirs->identity, sizeof(ti_key_t)));
}

static ti_verdict_t verify_by(ti_server_t *which, const char *token)
{
    server = which;
    return verify(token);
}

static void remember(const char *token)
{
    ck_assert_int_eq(verify_by(ours, token), TI_GRANTED);
    ck_assert_int_eq(verify_by(ours, token), TI_GRANTED);
    ck_assert_int_eq(asks, 1);
}

START_TEST(who_was_refused_is_served_nothing)
{
    remember("token");
    answers(401, "");
    ck_assert_int_eq(verify_by(theirs, "token"), TI_MISCONFIGURED);
    ck_assert_int_eq(verify_by(theirs, "token"), TI_MISCONFIGURED);
    ck_assert_int_eq(asks, 3);
    ck_assert_int_eq(verify_by(ours, "token"), TI_GRANTED);
    ck_assert_int_eq(asks, 3);
}
END_TEST

/* And no yes of before comes back by it. */
START_TEST(a_no_to_who_is_not_known_is_a_question_for_others)
{
    remember("token");
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify_by(theirs, "token"), TI_INACTIVE);
    ck_assert_int_eq(verify_by(theirs, "token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 2);
    now += 2;
    answers(200, "{\"active\":true,\"sub\":\"alice\"}");
    ck_assert_int_eq(verify_by(ours, "token"), TI_GRANTED);
    ck_assert_int_eq(asks, 3);
    ck_assert_int_eq(verify_by(ours, "token"), TI_GRANTED);
    ck_assert_int_eq(asks, 3);
}
END_TEST

START_TEST(what_was_revoked_meanwhile_does_not_come_back_with_a_proof)
{
    remember("token");
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify_by(theirs, "token"), TI_INACTIVE);
    answers(200, "{\"active\":true,\"sub\":\"alice\"}");
    ck_assert_int_eq(verify_by(theirs, "other"), TI_GRANTED);
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify_by(theirs, "token"), TI_INACTIVE);
    ck_assert_int_eq(verify_by(ours, "token"), TI_INACTIVE);
}
END_TEST

START_TEST(a_new_secret_finds_all_that_was_remembered_once_it_is_accepted)
{
    remember("token");
    ck_assert_int_eq(verify_by(theirs, "other"), TI_GRANTED);
    ck_assert_int_eq(asks, 2);
    ck_assert_int_eq(verify_by(theirs, "token"), TI_GRANTED);
    ck_assert_int_eq(verify_by(ours, "other"), TI_GRANTED);
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(a_request_that_is_invalid_is_the_tokens_fault_in_all_processes)
{
    ti_server_t *forked;

    remember("token");
    forked = apr_pmemdup(pool, ours, sizeof(*forked));
    answers(400, "{\"error\":\"invalid_request\"}");
    ck_assert_int_eq(verify_by(forked, "odd"), TI_INACTIVE);
    ck_assert_int_eq(verify_by(theirs, "odd"), TI_MISCONFIGURED);
}
END_TEST

/* What came of a question of theirs is told to ours, who waits. */
static apr_status_t refuse_theirs(ti_http_t *http, ti_http_response_t *answer,
                                  const ti_http_request_t *request,
                                  apr_pool_t *p)
{
    (void)http;
    (void)request;
    (void)p;
    __atomic_add_fetch(&asks, 1, __ATOMIC_RELAXED);
    apr_sleep(apr_time_from_msec(300));
    *answer = reply;
    answers(200, "{\"active\":true}");
    return APR_SUCCESS;
}

static void *ask_for_theirs(void *data)
{
    ti_result_t *said = data;
    apr_uint32_t name;
    apr_pool_t *p;
    ti_question_t question = {0};

    apr_pool_create(&p, NULL);
    question.server = theirs;
    question.policy = &policy;
    question.token = "token";
    question.length = 5;
    question.p = p;
    ti_verify(said, &name, &world, &question);
    apr_pool_destroy(p);
    return NULL;
}

START_TEST(a_refusal_of_others_credentials_is_not_ours)
{
    ti_http_t slow = {refuse_theirs, NULL};
    ti_result_t said;
    pthread_t thread;

    /* what a thread keeps is freed at its end */
    ck_assert_int_eq(ti_keys_open(pool), APR_SUCCESS);
    world.http = &slow;
    world.steady = ti_clock_steady;
    fly();
    answers(401, "");
    ck_assert_int_eq(pthread_create(&thread, NULL, ask_for_theirs, &said), 0);
    while (__atomic_load_n(&asks, __ATOMIC_RELAXED) == 0) {
        apr_sleep(1000);
    }
    ck_assert_int_eq(verify_by(ours, "token"), TI_GRANTED);
    pthread_join(thread, NULL);
    ck_assert_int_eq(said.verdict, TI_MISCONFIGURED);
    ck_assert_int_eq(asks, 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("verify_proof");
    TCase *one = tcase_create("verify_proof");

    tcase_add_checked_fixture(one, servers_open, pool_close);
    tcase_add_test(one, who_was_refused_is_served_nothing);
    tcase_add_test(one, a_no_to_who_is_not_known_is_a_question_for_others);
    tcase_add_test(one,
                   what_was_revoked_meanwhile_does_not_come_back_with_a_proof);
    tcase_add_test(
        one, a_new_secret_finds_all_that_was_remembered_once_it_is_accepted);
    tcase_add_test(
        one, a_request_that_is_invalid_is_the_tokens_fault_in_all_processes);
    tcase_add_test(one, a_refusal_of_others_credentials_is_not_ours);
    suite_add_tcase(all, one);
    return all;
}
