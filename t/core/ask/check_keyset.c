/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures by the server's key set: new keys are found, and who makes kids up
 * does not make us fetch.
 */
#include "tap.h"

#include "fake.h"

#include "ask/keyset.h"
#include "jose/jwk.h"
#include "jose/jws.h"

#define KEY(kid)                                                               \
    "{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"" kid                        \
    "\",\"k\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"}"
#define SET(keys) "{\"keys\":[" keys "]}"

static ti_opened_t opened;
static ti_outcome_t outcome;

static void open_server(void)
{
    world_open();
    server->jwks_url = "https://as.example/jwks";
    arm();
    answers(200, SET(KEY("one")));
}

/* Verify something that this key signed: how many requests that took. */
static int asked(const char *jwk)
{
    ti_question_t question = {0};
    static unsigned char text_of_it[] = "{}";
    ti_bytes_t payload = {text_of_it, 2};
    const char *why;
    const ti_jwk_t *key = ti_jwk_read(&why, jwk, strlen(jwk), pool);
    const char *text = ti_jws_sign(key, TI_ALG_HS256, "JWT", &payload, pool);
    int before = asks;

    question.server = server;
    question.policy = &policy;
    question.p = pool;
    ti_keyset_verify(&opened, &outcome, &world, &question, text, TI_ALG_HS256);
    return asks - before;
}

START_TEST(a_key_of_the_set_has_signed)
{
    ck_assert_int_eq(asked(KEY("one")), 1);
    ck_assert_int_eq(opened.opening, TI_OPENING_DONE);
    ck_assert_str_eq((const char *)opened.content.data, "{}");
    ck_assert_int_eq(asked(KEY("one")), 0);
    ck_assert_int_eq(opened.opening, TI_OPENING_DONE);
}
END_TEST

START_TEST(a_new_key_is_found_as_soon_as_the_set_is_ten_seconds_old)
{
    asked(KEY("one"));
    answers(200, SET(KEY("one") "," KEY("two")));
    now += TI_KEYSET_INTERVAL - 1;
    ck_assert_int_eq(asked(KEY("two")), 0);
    ck_assert_int_eq(opened.opening, TI_OPENING_NO_KEY);
    now++;
    ck_assert_int_eq(asked(KEY("two")), 1);
    ck_assert_int_eq(opened.opening, TI_OPENING_DONE);
    ck_assert_int_eq(asked(KEY("two")), 0);
    ck_assert_int_eq(opened.opening, TI_OPENING_DONE);
}
END_TEST

START_TEST(made_up_kids_cost_a_request_in_ten_seconds)
{
    int asks_before;
    int i;

    asked(KEY("one"));
    asks_before = asks;
    for (i = 0; i < 400; i++) {
        now += apr_time_from_msec(100);
        asked(KEY("made-up"));
        ck_assert_int_eq(opened.opening, TI_OPENING_NO_KEY);
    }
    ck_assert_int_le(asks - asks_before, 4);
}
END_TEST

START_TEST(the_older_set_serves_while_no_newer_can_be_had)
{
    asked(KEY("one"));
    now += TI_KEYSET_INTERVAL;
    fails(TI_HTTP_CONNECT);
    ck_assert_int_eq(asked(KEY("two")), 1);
    ck_assert_int_eq(opened.opening, TI_OPENING_NO_KEY);
    ck_assert_int_eq(asked(KEY("two")), 0);
    ck_assert_int_eq(asked(KEY("one")), 0);
    ck_assert_int_eq(opened.opening, TI_OPENING_DONE);
    now += SECONDS(5);
    answers(200, SET(KEY("two")));
    ck_assert_int_eq(asked(KEY("two")), 1);
    ck_assert_int_eq(opened.opening, TI_OPENING_DONE);
}
END_TEST

START_TEST(without_a_set_everything_is_refused)
{
    fails(TI_HTTP_CONNECT);
    ck_assert_int_eq(asked(KEY("one")), 1);
    ck_assert_int_eq(opened.opening, TI_OPENING_REFUSED);
    ck_assert_ptr_nonnull(opened.why);
    answers(200, "{\"keys\":7}");
    now += SECONDS(100);
    asked(KEY("one"));
    ck_assert_int_eq(opened.opening, TI_OPENING_REFUSED);
}
END_TEST

START_TEST(an_alg_that_is_not_allowed_makes_no_request)
{
    ti_question_t question = {0};
    int before;

    asked(KEY("one"));
    now += TI_KEYSET_INTERVAL;
    before = asks;
    question.server = server;
    question.policy = &policy;
    question.p = pool;
    ti_keyset_verify(&opened, &outcome, &world, &question, "e30.e30.",
                     TI_ALGS_ASYMMETRIC);
    ck_assert_int_eq(opened.opening, TI_OPENING_REFUSED);
    ck_assert_int_eq(asks, before);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("keyset");
    TCase *tc = tcase_create("keyset");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_checked_fixture(tc, open_server, NULL);
    tcase_add_test(tc, a_key_of_the_set_has_signed);
    tcase_add_test(tc,
                   a_new_key_is_found_as_soon_as_the_set_is_ten_seconds_old);
    tcase_add_test(tc, made_up_kids_cost_a_request_in_ten_seconds);
    tcase_add_test(tc, the_older_set_serves_while_no_newer_can_be_had);
    tcase_add_test(tc, without_a_set_everything_is_refused);
    tcase_add_test(tc, an_alg_that_is_not_allowed_makes_no_request);
    suite_add_tcase(s, tc);
    return s;
}
