/* SPDX-License-Identifier: Apache-2.0
 *
 * What statuses and failures mean, and what of them reaches the log.
 */
#include "responses.h"

START_TEST(a_status_other_than_200_never_grants)
{
    int status;

    for (status = 100; status < 600; status++) {
        if (status != 200) {
            read_response(status, "application/json", "{\"active\":true}");
            ck_assert_int_ne(outcome.kind, TI_KIND_CLAIMS);
            ck_assert_ptr_null(outcome.claims);
            ck_assert_ptr_nonnull(outcome.cause);
            ck_assert(outcome.kind == TI_KIND_INACTIVE ||
                      outcome.verdict == TI_UNAVAILABLE ||
                      outcome.verdict == TI_MISCONFIGURED);
        }
    }
}
END_TEST

START_TEST(each_status_has_its_meaning)
{
    static const struct {
        int status;
        ti_verdict_t verdict;
        int message;
    } rows[] = {{401, TI_MISCONFIGURED, TI_MSG_CREDENTIALS},
                {403, TI_MISCONFIGURED, TI_MSG_CREDENTIALS},
                {404, TI_MISCONFIGURED, TI_MSG_NOT_FOUND},
                {301, TI_MISCONFIGURED, TI_MSG_REDIRECT},
                {302, TI_MISCONFIGURED, TI_MSG_REDIRECT},
                {307, TI_MISCONFIGURED, TI_MSG_REDIRECT},
                {429, TI_UNAVAILABLE, TI_MSG_THROTTLED},
                {500, TI_UNAVAILABLE, TI_MSG_STATUS},
                {502, TI_UNAVAILABLE, TI_MSG_STATUS},
                {503, TI_UNAVAILABLE, TI_MSG_STATUS},
                {201, TI_UNAVAILABLE, TI_MSG_STATUS},
                {204, TI_UNAVAILABLE, TI_MSG_STATUS},
                {418, TI_UNAVAILABLE, TI_MSG_STATUS}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        read_response(rows[i].status, "text/html", "SECRET");
        ck_assert_int_eq(outcome.kind, TI_KIND_NONE);
        ck_assert_int_eq(outcome.verdict, rows[i].verdict);
        ck_assert_int_eq(outcome.message, rows[i].message);
        ck_assert_ptr_null(strstr(outcome.cause, "SECRET"));
    }
}
END_TEST

START_TEST(a_400_is_about_the_token_only_where_a_code_says_so)
{
    static const struct {
        const char *type;
        const char *body;
        int known;
        ti_kind_t kind;
        int message;
    } rows[] = {
        {"application/json", "{\"error\":\"unsupported_token_type\"}", 0,
         TI_KIND_INACTIVE, TI_MSG_INACTIVE},
        {"application/json", "{\"error\":\"invalid_token\"}", 0,
         TI_KIND_INACTIVE, TI_MSG_INACTIVE},
        {"application/json", "{\"error\":\"invalid_request\"}", 1,
         TI_KIND_INACTIVE, TI_MSG_INACTIVE},
        {"application/json", "{\"error\":\"invalid_request\"}", 0, TI_KIND_NONE,
         TI_MSG_BAD_REQUEST},
        {"application/json", "{\"error\":\"invalid_client\"}", 1, TI_KIND_NONE,
         TI_MSG_CREDENTIALS},
        {"application/json", "{\"error\":\"unauthorized_client\"}", 1,
         TI_KIND_NONE, TI_MSG_CREDENTIALS},
        {"application/json", "{\"error\":\"unsupported_grant_type\"}", 1,
         TI_KIND_NONE, TI_MSG_BAD_REQUEST},
        {"application/json", "{}", 1, TI_KIND_NONE, TI_MSG_BAD_REQUEST},
        {"text/html", "<html>", 1, TI_KIND_NONE, TI_MSG_BAD_REQUEST},
        {"text/html", "{\"error\":\"invalid_token\"}", 1, TI_KIND_NONE,
         TI_MSG_BAD_REQUEST},
        {"", "", 1, TI_KIND_NONE, TI_MSG_BAD_REQUEST},
    };
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        is_known = rows[i].known;
        read_response(400, rows[i].type, rows[i].body);
        ck_assert_int_eq(outcome.kind, rows[i].kind);
        ck_assert_int_eq(outcome.message, rows[i].message);
        ck_assert_int_eq(outcome.verdict, rows[i].kind == TI_KIND_NONE
                                              ? TI_MISCONFIGURED
                                              : TI_UNDECIDED);
    }
    is_known = 0;
    read_response(400, "application/json",
                  "{\"error\":\"unsupported_token_type\"}");
    ck_assert_ptr_nonnull(strstr(outcome.cause, "unsupported_token_type"));
}
END_TEST

START_TEST(only_what_looks_like_an_error_code_reaches_the_log)
{
    static const char *const bad[] = {
        "{\"error\":\"SECRET\"}",
        "{\"error\":\"a SECRET\"}",
        "{\"error\":\"a\\r\\nSECRET\"}",
        "{\"error\":5,\"x\":\"SECRET\"}",
        "{\"error\":\"a\",\"error_description\":\"SECRET\"}",
        "SECRET"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        read_response(400, "application/json", bad[i]);
        ck_assert_ptr_null(strstr(outcome.cause, "SECRET"));
        ck_assert_ptr_null(strchr(outcome.cause, '\n'));
    }
    read_response(400, "application/json",
                  "{\"error\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
    ck_assert_ptr_null(strstr(outcome.cause, "aaaa"));
    json("{\"active\":\"SECRET\",\"SECRET\":1}");
    ck_assert_ptr_null(strstr(outcome.cause, "SECRET"));
}
END_TEST

START_TEST(retry_after_is_passed_on)
{
    ti_http_response_t answer = response_of(503, "", "");

    memset(&outcome, 0, sizeof(outcome));
    answer.retry_after = apr_time_from_sec(7);
    ti_outcome_read(&outcome, &answer, 0, pool);
    ck_assert(outcome.retry_after == apr_time_from_sec(7));
}
END_TEST

START_TEST(each_failure_has_its_message)
{
    static const struct {
        ti_http_failure_t failure;
        int message;
    } rows[] = {{TI_HTTP_RESOLVE, TI_MSG_RESOLVE},
                {TI_HTTP_CONNECT, TI_MSG_CONNECT},
                {TI_HTTP_TIMEOUT, TI_MSG_TIMEOUT},
                {TI_HTTP_TLS, TI_MSG_TLS},
                {TI_HTTP_TOO_LARGE, TI_MSG_TOO_LARGE},
                {TI_HTTP_BROKEN, TI_MSG_BROKEN},
                {TI_HTTP_INTERNAL, TI_MSG_INTERNAL},
                {TI_HTTP_ABORTED, TI_MSG_ABORTED}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ti_http_response_t answer =
            response_of(200, "application/json", "{\"active\":true}");

        memset(&outcome, 0, sizeof(outcome));
        answer.failure = rows[i].failure;
        answer.reason = "in curl's words";
        ti_outcome_read(&outcome, &answer, 0, pool);
        ck_assert_int_eq(outcome.kind, TI_KIND_NONE);
        ck_assert_int_eq(outcome.verdict, TI_UNAVAILABLE);
        ck_assert_int_eq(outcome.message, rows[i].message);
        ck_assert_str_eq(outcome.cause, "in curl's words");
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("status");
    TCase *one = tcase_create("status");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_status_other_than_200_never_grants);
    tcase_add_test(one, each_status_has_its_meaning);
    tcase_add_test(one, a_400_is_about_the_token_only_where_a_code_says_so);
    tcase_add_test(one, only_what_looks_like_an_error_code_reaches_the_log);
    tcase_add_test(one, retry_after_is_passed_on);
    tcase_add_test(one, each_failure_has_its_message);
    suite_add_tcase(all, one);
    return all;
}
