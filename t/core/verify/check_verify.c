/* SPDX-License-Identifier: Apache-2.0
 *
 * The decision about one token: what is asked, what is shared, what is kept
 * apart.
 */
#include "fake.h"

START_TEST(an_active_token_is_granted_and_remembered)
{
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_ASKED);
    ck_assert_ptr_nonnull(ti_claims_member(result.claims, "sub"));
    ck_assert_uint_ne(fingerprint, 0);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_REMEMBERED);
    ck_assert_ptr_nonnull(ti_claims_member(result.claims, "sub"));
    ck_assert(result.answered == START);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(the_question_has_token_hint_and_our_credentials)
{
    verify("a+b/c=");
    ck_assert_ptr_eq(strstr(asked_form, "token=a%2bb%2fc%3d&"), asked_form);
    ck_assert_ptr_nonnull(strstr(asked_form, "&token_type_hint=access_token"));
    ck_assert_ptr_null(strstr(asked_form, "secret"));
    ck_assert_str_eq(asked_authorization, "Basic bWU6c2VjcmV0");
}
END_TEST

START_TEST(what_is_no_token_is_never_asked_about)
{
    ck_assert_int_eq(verify(""), TI_MALFORMED);
    ck_assert_int_eq(verify("a b"), TI_MALFORMED);
    ck_assert_int_eq(verify("a\r\n"), TI_MALFORMED);
    ck_assert_int_eq(asks, 0);
    ck_assert_int_eq(fetches, 0);
    ck_assert_uint_eq(fingerprint, 0);
}
END_TEST

START_TEST(an_inactive_token_is_refused_and_remembered)
{
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_ptr_null(result.claims);
    ck_assert_int_eq(asks, 1);
    now += SECONDS(15);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(a_failure_is_not_remembered)
{
    fails(TI_HTTP_CONNECT);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    ck_assert_int_gt(result.retry_after, 0);
    answers(401, "");
    ck_assert_int_eq(verify("token"), TI_MISCONFIGURED);
    answers(200, "{\"active\":\"true\"}");
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    ck_assert_int_eq(cells_used, 0);
    answers(200, "{\"active\":true}");
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 4);
}
END_TEST

START_TEST(policy_is_judged_on_remembered_answers_too)
{
    answers(200, "{\"active\":true,\"iss\":\"a\",\"exp\":1030}");
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    policy.issuer = "b";
    ck_assert_int_eq(verify("token"), TI_REJECTED);
    ck_assert_int_eq(result.source, TI_SOURCE_REMEMBERED);
    ck_assert_ptr_null(result.claims);
    policy.issuer = "a";
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(an_answer_of_one_place_is_remembered_for_stricter_places)
{
    policy.issuer = "b";
    answers(200, "{\"active\":true,\"iss\":\"a\"}");
    ck_assert_int_eq(verify("token"), TI_REJECTED);
    policy.issuer = NULL;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(tokens_do_not_share_answers)
{
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("tokem"), TI_INACTIVE);
    ck_assert_int_eq(verify("tokentoken"), TI_INACTIVE);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
}
END_TEST

START_TEST(an_answer_serves_only_who_would_have_asked_the_same)
{
    ti_param_t param = {"resource", "x"};
    int i;

    verify("token");
    for (i = 1; i <= 5; i++) {
        server_new(i == 1 ? "https://other.example/i" : "https://as.example/i");
        server->client_id = i == 2 ? "you" : "me";
        server->hint = i == 3 ? "" : NULL;
        server->tls_verify = i == 4 ? TI_SWITCH_OFF : TI_SWITCH_UNSET;
        if (i == 5) {
            apr_array_header_t *params = apr_array_make(pool, 1, sizeof(param));

            APR_ARRAY_PUSH(params, ti_param_t) = param;
            server->params = params;
        }
        ck_assert_int_eq(verify("token"), TI_GRANTED);
        ck_assert_int_eq(asks, i + 1);
    }
    server_new("https://as.example/i");
    verify("token");
    ck_assert_int_eq(asks, 6);
}
END_TEST

START_TEST(a_remembered_document_is_nobodys_claims)
{
    ti_entry_t entry = {TI_KIND_DOCUMENT, START, START + SECONDS(60),
                        "{\"active\":true}", 16};
    ti_key_t token_key;

    answers(200, "{\"active\":false}");
    arm();
    ti_key_derive(&token_key, server->tokens, "token", 5);
    store(&cache_array, &token_key, &entry, now, pool);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(without_a_cache_each_request_asks)
{
    world.cache = NULL;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(asks, 2);
}
END_TEST

/* Nothing at first; then what another request has learned meanwhile. */
static apr_status_t fetch_too_early(ti_cache_t *cache, ti_entry_t *entry,
                                    const ti_key_t *key, apr_time_t at,
                                    apr_pool_t *p)
{
    ti_entry_t learned = {TI_KIND_INACTIVE, START, START + SECONDS(10), NULL,
                          0};

    if (fetches > 0) {
        return fetch(cache, entry, key, at, p);
    }
    fetches++;
    memset(entry, 0, sizeof(*entry));
    return store(cache, key, &learned, at, p) == APR_SUCCESS ? APR_NOTFOUND
                                                             : APR_EGENERAL;
}

START_TEST(who_may_ask_looks_first_whether_it_is_known_by_now)
{
    ti_cache_t cache = {fetch_too_early, store, NULL, NULL, NULL};

    arm();
    fly();
    world.cache = &cache;
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(result.source, TI_SOURCE_WAITED);
    ck_assert_int_eq(asks, 0);
    ck_assert(nobody_asks());
}
END_TEST

START_TEST(above_the_cap_a_request_is_told_to_come_back)
{
    ti_key_t other = key_of("other");
    ti_flight_plan_t plan = {.key = &other,
                             .server = server->number,
                             .cap = 1,
                             .lease = SECONDS(20)};
    ti_flight_t flight;

    server->calls_max = 1;
    server->timeout = SECONDS(1); /* of which half in line */
    arm();
    fly();
    ck_assert_int_eq(ti_flight_join(&flight, world.flights, &plan),
                     TI_FLIGHT_LEAD);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    ck_assert_int_eq(result.message, TI_MSG_FULL);
    ck_assert_int_gt(result.retry_after, 0);
    ck_assert_int_eq(asks, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("verify");
    TCase *one = tcase_create("verify");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, world_open, NULL);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, an_active_token_is_granted_and_remembered);
    tcase_add_test(one, the_question_has_token_hint_and_our_credentials);
    tcase_add_test(one, what_is_no_token_is_never_asked_about);
    tcase_add_test(one, an_inactive_token_is_refused_and_remembered);
    tcase_add_test(one, a_failure_is_not_remembered);
    tcase_add_test(one, policy_is_judged_on_remembered_answers_too);
    tcase_add_test(one,
                   an_answer_of_one_place_is_remembered_for_stricter_places);
    tcase_add_test(one, tokens_do_not_share_answers);
    tcase_add_test(one, an_answer_serves_only_who_would_have_asked_the_same);
    tcase_add_test(one, a_remembered_document_is_nobodys_claims);
    tcase_add_test(one, without_a_cache_each_request_asks);
    tcase_add_test(one, who_may_ask_looks_first_whether_it_is_known_by_now);
    tcase_add_test(one, above_the_cap_a_request_is_told_to_come_back);
    suite_add_tcase(all, one);
    return all;
}
