/* SPDX-License-Identifier: Apache-2.0
 *
 * What a place demands of an active token.
 */
#include "claims/policy.h"

#include <apr_strings.h>

#include "base/messages.h"
#include "records.h"

#define NOW apr_time_from_sec(1000)
#define LEEWAY apr_time_from_sec(60)

static ti_policy_t policy;
static ti_result_t result;

static void policy_open(void)
{
    memset(&policy, 0, sizeof(policy));
    memset(&result, 0, sizeof(result));
    policy.leeway = LEEWAY;
    policy.max_age = -1;
}

/* Judge; returns the message of the refusal, 0 for granted. */
static int judged(const char *json, apr_time_t now)
{
    const ti_claims_t *claims = claims_of(json);

    memset(&result, 0, sizeof(result));
    ti_policy_judge(&result, &policy, claims, now);
    if (result.verdict == TI_GRANTED) {
        ck_assert_ptr_eq(result.claims, claims);
        return 0;
    }
    ck_assert_ptr_null(result.claims);
    ck_assert_ptr_nonnull(result.cause);
    ck_assert_int_ne(result.verdict, TI_UNDECIDED);
    return result.message;
}

static int refused(const char *json)
{
    return judged(json, NOW);
}

static void demand_audience(const char *one, const char *other)
{
    apr_array_header_t *audiences =
        apr_array_make(pool, 2, sizeof(const char *));

    if (one != NULL) {
        APR_ARRAY_PUSH(audiences, const char *) = one;
    }
    if (other != NULL) {
        APR_ARRAY_PUSH(audiences, const char *) = other;
    }
    policy.audiences = audiences;
}

START_TEST(a_policy_without_demands_grants_claims_without_times)
{
    ck_assert_int_eq(refused("{\"active\":true}"), 0);
}
END_TEST

START_TEST(a_token_expires_exactly_at_exp_and_leeway)
{
    const char *json = "{\"exp\":1000}";

    ck_assert_int_eq(judged(json, NOW), 0);
    ck_assert_int_eq(judged(json, NOW + LEEWAY - 1), 0);
    ck_assert_int_eq(judged(json, NOW + LEEWAY), TI_MSG_EXPIRED);
    ck_assert_int_eq(result.verdict, TI_REJECTED);
    ck_assert_ptr_nonnull(result.description);
    policy.leeway = 0;
    ck_assert_int_eq(judged(json, NOW - 1), 0);
    ck_assert_int_eq(judged(json, NOW), TI_MSG_EXPIRED);
}
END_TEST

START_TEST(a_token_is_not_valid_before_nbf_less_leeway)
{
    const char *json = "{\"nbf\":1000}";

    ck_assert_int_eq(judged(json, NOW - LEEWAY), 0);
    ck_assert_int_eq(judged(json, NOW - LEEWAY - 1), TI_MSG_NOT_YET);
    ck_assert_int_eq(result.verdict, TI_REJECTED);
}
END_TEST

START_TEST(a_token_is_not_issued_in_the_future)
{
    const char *json = "{\"iat\":1000}";

    ck_assert_int_eq(judged(json, NOW - LEEWAY), 0);
    ck_assert_int_eq(judged(json, NOW - LEEWAY - 1), TI_MSG_ISSUED_LATER);
    ck_assert_int_eq(result.verdict, TI_REJECTED);
}
END_TEST

START_TEST(an_expiry_of_zero_never_comes_and_a_negative_one_has_passed)
{
    ck_assert_int_eq(refused("{\"exp\":0}"), 0);
    ck_assert_int_eq(refused("{\"exp\":null}"), 0);
    ck_assert_int_eq(refused("{\"exp\":-1}"), TI_MSG_EXPIRED);
    ck_assert_int_eq(refused("{\"exp\":1e300}"), 0);
    ck_assert_int_eq(refused("{\"exp\":-1e300}"), TI_MSG_EXPIRED);
    ck_assert_int_eq(refused("{\"nbf\":1e300}"), TI_MSG_NOT_YET);
}
END_TEST

START_TEST(times_that_cannot_be_read_make_an_answer_unusable)
{
    static const char *const bad[] = {"{\"exp\":\"x\"}", "{\"nbf\":true}",
                                      "{\"iat\":[]}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(refused(bad[i]), TI_MSG_TIMES);
        ck_assert_int_eq(result.verdict, TI_UNAVAILABLE);
    }
}
END_TEST

START_TEST(a_token_of_another_kind_is_refused)
{
    static const char *const bad[] = {
        "{\"token_type\":\"refresh_token\"}",
        "{\"token_type\":\"Refresh\"}",
        "{\"token_type\":\"ID_Token\"}",
        "{\"token_use\":\"id\"}",
        "{\"token_use\":\"refresh_token\"}",
        "{\"token_type\":5}",
        "{\"token_use\":[\"access_token\"]}",
        "{\"token_type\":\"Bearer\",\"token_use\":\"refresh\"}",
        "{\"token_type\":\"refresh_token\\u0000\"}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(refused(bad[i]) == TI_MSG_TOKEN_TYPE, "%s", bad[i]);
        ck_assert_int_eq(result.verdict, TI_REJECTED);
    }
}
END_TEST

START_TEST(an_access_token_may_be_called_so_in_any_case)
{
    ck_assert_int_eq(refused("{\"token_type\":\"bearer\"}"), 0);
    ck_assert_int_eq(refused("{\"token_type\":\"Access_Token\"}"), 0);
    ck_assert_int_eq(refused("{\"token_use\":\"access_token\"}"), 0);
    ck_assert_int_eq(refused("{\"token_use\":\"access\"}"), 0);
    ck_assert_int_eq(refused("{\"token_type\":null,\"token_use\":null}"), 0);
    ck_assert_int_eq(refused("{\"o\":{\"token_type\":\"id_token\"}}"), 0);
}
END_TEST

START_TEST(a_bound_token_is_refused)
{
    ck_assert_int_eq(refused("{\"cnf\":{\"jkt\":\"x\"}}"), TI_MSG_BOUND);
    ck_assert_int_eq(result.verdict, TI_REJECTED);
    ck_assert_int_eq(refused("{\"cnf\":{}}"), TI_MSG_BOUND);
    ck_assert_int_eq(refused("{\"token_type\":\"DPoP\"}"), TI_MSG_BOUND);
    ck_assert_int_eq(refused("{\"token_type\":\"dpop\"}"), TI_MSG_BOUND);
    ck_assert_int_eq(refused("{\"cnf\":false}"), TI_MSG_BOUND);
    ck_assert_int_eq(refused("{\"token_type\":\"Bearer\",\"cnf\":\"\"}"),
                     TI_MSG_BOUND);
    ck_assert_int_eq(refused("{\"cnf\":null}"), 0);
}
END_TEST

START_TEST(another_issuer_is_refused_and_an_absent_one_is_not)
{
    policy.issuer = "https://as.example";
    ck_assert_int_eq(refused("{\"iss\":\"https://as.example\"}"), 0);
    ck_assert_int_eq(refused("{}"), 0);
    ck_assert_int_eq(refused("{\"iss\":\"https://as.example/\"}"),
                     TI_MSG_ISSUER);
    ck_assert_int_eq(result.verdict, TI_REJECTED);
    ck_assert_int_eq(refused("{\"iss\":\"\"}"), TI_MSG_ISSUER);
    ck_assert_int_eq(refused("{\"iss\":5}"), TI_MSG_ISSUER);
    ck_assert_int_eq(refused("{\"iss\":[\"https://as.example\"]}"),
                     TI_MSG_ISSUER);
    ck_assert_int_eq(refused("{\"iss\":\"https://as.example\\u0000\"}"),
                     TI_MSG_ISSUER);
}
END_TEST

START_TEST(an_absent_issuer_is_refused_where_it_is_required)
{
    policy.issuer = "https://as.example";
    policy.issuer_required = 1;
    ck_assert_int_eq(refused("{}"), TI_MSG_ISSUER);
    ck_assert_int_eq(refused("{\"iss\":null}"), TI_MSG_ISSUER);
    ck_assert_int_eq(refused("{\"iss\":\"https://as.example\"}"), 0);
}
END_TEST

START_TEST(any_one_audience_is_enough)
{
    demand_audience("a", "b");
    ck_assert_int_eq(refused("{\"aud\":\"b\"}"), 0);
    ck_assert_int_eq(refused("{\"aud\":[\"x\",\"a\"]}"), 0);
}
END_TEST

START_TEST(an_audience_that_is_absent_or_another_is_refused)
{
    static const char *const bad[] = {"{}",
                                      "{\"aud\":null}",
                                      "{\"aud\":[]}",
                                      "{\"aud\":\"\"}",
                                      "{\"aud\":5}",
                                      "{\"aud\":\"a b\"}",
                                      "{\"aud\":\"A\"}",
                                      "{\"aud\":[[\"a\"]]}",
                                      "{\"aud\":{\"a\":\"a\"}}",
                                      "{\"aud\":\"a\\u0000\"}"};
    apr_size_t i;

    demand_audience("a", NULL);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(refused(bad[i]) == TI_MSG_AUDIENCE, "%s", bad[i]);
        ck_assert_int_eq(result.verdict, TI_REJECTED);
    }
}
END_TEST

START_TEST(a_demand_for_no_audience_at_all_refuses)
{
    demand_audience(NULL, NULL);
    ck_assert_int_eq(refused("{\"aud\":\"a\"}"), TI_MSG_AUDIENCE);
}
END_TEST

START_TEST(no_cause_or_description_tells_of_the_claims)
{
    static const char *const bad[] = {
        "{\"token_type\":\"refresh_token\",\"sub\":\"SECRET\"}",
        "{\"iss\":\"SECRET\"}", "{\"cnf\":\"SECRET\"}", "{\"exp\":\"SECRET\"}"};
    apr_size_t i;

    policy.issuer = "x";
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_ne(refused(bad[i]), 0);
        ck_assert_ptr_null(strstr(result.cause, "SECRET"));
        ck_assert(result.description == NULL ||
                  strstr(result.description, "SECRET") == NULL);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("policy");
    TCase *one = tcase_create("policy");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, policy_open, NULL);
    tcase_add_test(one, a_policy_without_demands_grants_claims_without_times);
    tcase_add_test(one, a_token_expires_exactly_at_exp_and_leeway);
    tcase_add_test(one, a_token_is_not_valid_before_nbf_less_leeway);
    tcase_add_test(one, a_token_is_not_issued_in_the_future);
    tcase_add_test(one,
                   an_expiry_of_zero_never_comes_and_a_negative_one_has_passed);
    tcase_add_test(one, times_that_cannot_be_read_make_an_answer_unusable);
    tcase_add_test(one, a_token_of_another_kind_is_refused);
    tcase_add_test(one, an_access_token_may_be_called_so_in_any_case);
    tcase_add_test(one, a_bound_token_is_refused);
    tcase_add_test(one, another_issuer_is_refused_and_an_absent_one_is_not);
    tcase_add_test(one, an_absent_issuer_is_refused_where_it_is_required);
    tcase_add_test(one, any_one_audience_is_enough);
    tcase_add_test(one, an_audience_that_is_absent_or_another_is_refused);
    tcase_add_test(one, a_demand_for_no_audience_at_all_refuses);
    tcase_add_test(one, no_cause_or_description_tells_of_the_claims);
    suite_add_tcase(all, one);
    return all;
}
