/* SPDX-License-Identifier: Apache-2.0
 *
 * What the bodies of authorization servers' answers mean.
 */
#include "responses.h"

START_TEST(active_true_brings_claims)
{
    ck_assert_int_eq(json("{\"active\":true,\"sub\":\"a\"}")->kind,
                     TI_KIND_CLAIMS);
    ck_assert_ptr_nonnull(ti_claims_member(outcome.claims, "sub"));
}
END_TEST

START_TEST(active_false_is_inactive_whatever_stands_beside_it)
{
    ck_assert_int_eq(json("{\"active\":false}")->kind, TI_KIND_INACTIVE);
    ck_assert_int_eq(
        json("{\"active\":false,\"sub\":\"a\",\"exp\":\"x\"}")->kind,
        TI_KIND_INACTIVE);
    ck_assert_ptr_null(outcome.claims);
    ck_assert_int_eq(outcome.message, TI_MSG_INACTIVE);
}
END_TEST

START_TEST(active_that_is_no_boolean_is_no_answer)
{
    static const char *const bad[] = {"{}",
                                      "{\"active\":\"true\"}",
                                      "{\"active\":1}",
                                      "{\"active\":null}",
                                      "{\"active\":[true]}",
                                      "{\"active\":{}}",
                                      "{\"Active\":true}",
                                      "{\"active\":\"false\"}",
                                      "{\"x\":{\"active\":true}}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(json(bad[i])->kind == TI_KIND_NONE, "%s", bad[i]);
        ck_assert_int_eq(outcome.verdict, TI_UNAVAILABLE);
        ck_assert_int_eq(outcome.message, TI_MSG_ACTIVE);
    }
}
END_TEST

START_TEST(a_body_that_is_not_one_json_object_is_no_answer)
{
    static const char *const bad[] = {"",
                                      "null",
                                      "[{\"active\":true}]",
                                      "{\"active\":true",
                                      "{\"active\":true}{\"active\":true}",
                                      "<html>",
                                      "{\"active\":false,\"active\":true}",
                                      "{\"active\":true,\"s\":\"\xff\"}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(json(bad[i])->kind == TI_KIND_NONE, "%s", bad[i]);
        ck_assert_int_eq(outcome.verdict, TI_UNAVAILABLE);
        ck_assert_int_eq(outcome.message, TI_MSG_JSON);
    }
}
END_TEST

START_TEST(times_that_cannot_be_read_are_no_answer)
{
    ck_assert_int_eq(json("{\"active\":true,\"exp\":\"soon\"}")->kind,
                     TI_KIND_NONE);
    ck_assert_int_eq(outcome.verdict, TI_UNAVAILABLE);
    ck_assert_int_eq(outcome.message, TI_MSG_TIMES);
    ck_assert_int_eq(json("{\"active\":true,\"exp\":\"17\"}")->kind,
                     TI_KIND_CLAIMS);
}
END_TEST

START_TEST(media_types_of_json_are_taken_with_parameters_and_in_any_case)
{
    static const char *const good[] = {
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/problem+json",
        "application/token-introspection+json ; x=y",
        ""};
    apr_size_t i;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ck_assert_msg(read_response(200, good[i], "{\"active\":true}")->kind ==
                          TI_KIND_CLAIMS,
                      "%s", good[i]);
    }
}
END_TEST

START_TEST(other_media_types_are_no_answer)
{
    static const char *const bad[] = {"text/html",
                                      "text/plain",
                                      "text/json",
                                      "application/jsonp",
                                      "application/xjson",
                                      "application/jwt",
                                      "application/+json",
                                      "application/token-introspection+jwt",
                                      "json",
                                      "application/x-json+xml"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(read_response(200, bad[i], "{\"active\":true}")->kind ==
                          TI_KIND_NONE,
                      "%s", bad[i]);
        ck_assert_int_eq(outcome.verdict, TI_UNAVAILABLE);
        ck_assert_int_eq(outcome.message, TI_MSG_TYPE);
    }
}
END_TEST

START_TEST(a_key_set_is_an_object_with_an_array_of_keys)
{
    const char *set = "{\"keys\":[{\"kty\":\"RSA\"}],\"x\":1}";

    ck_assert_int_eq(keys(200, set)->kind, TI_KIND_DOCUMENT);
    ck_assert_str_eq(outcome.body, set);
    ck_assert_int_eq(keys(200, "{\"keys\":[]}")->kind, TI_KIND_DOCUMENT);
    ck_assert_int_eq(keys(200, "{\"keys\":{}}")->kind, TI_KIND_NONE);
    ck_assert_int_eq(outcome.verdict, TI_UNAVAILABLE);
    ck_assert_int_eq(keys(200, "{}")->kind, TI_KIND_NONE);
    ck_assert_int_eq(keys(200, "[]")->kind, TI_KIND_NONE);
    ck_assert_int_eq(keys(404, set)->kind, TI_KIND_NONE);
    ck_assert_int_eq(keys(500, set)->kind, TI_KIND_NONE);
    ck_assert_int_eq(keys(400, set)->kind, TI_KIND_NONE);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("outcome");
    TCase *one = tcase_create("outcome");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, active_true_brings_claims);
    tcase_add_test(one, active_false_is_inactive_whatever_stands_beside_it);
    tcase_add_test(one, active_that_is_no_boolean_is_no_answer);
    tcase_add_test(one, a_body_that_is_not_one_json_object_is_no_answer);
    tcase_add_test(one, times_that_cannot_be_read_are_no_answer);
    tcase_add_test(
        one, media_types_of_json_are_taken_with_parameters_and_in_any_case);
    tcase_add_test(one, other_media_types_are_no_answer);
    tcase_add_test(one, a_key_set_is_an_object_with_an_array_of_keys);
    suite_add_tcase(all, one);
    return all;
}
