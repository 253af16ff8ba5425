/* SPDX-License-Identifier: Apache-2.0
 *
 * What the HTTP client makes of the bytes of an answer.
 */
#include "client.h"

#include <apr_date.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* The answer, and what follows it for ever. */
static void answer_without_end(peer_talk_t *talk)
{
    const char *tail = strchr(raw, '|') + 1;
    char *head = strndup(raw, (size_t)(tail - raw - 1));

    if (peer_read(talk) && peer_say(talk, head)) {
        while (peer_say(talk, tail)) {
        }
    }
    free(head);
}

START_TEST(a_plain_answer_is_read_whole)
{
    ti_http_response_t answer = ask_for(OK_ANSWER, answer_all);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(answer.type, "application/json");
    ck_assert_int_eq(answer.length, 16);
    ck_assert_str_eq(answer.body, "{\"active\":false}");
    ck_assert_int_eq(answer.retry_after, 0);
    ck_assert_int_eq(answer.reused, 0);
    ck_assert_int_gt(answer.took, 0);
}
END_TEST

START_TEST(interim_answers_are_passed_over)
{
    ti_http_response_t answer =
        ask_for("HTTP/1.1 100 Continue\r\n\r\n"
                "HTTP/1.1 103 Early Hints\r\nContent-Type: text/early\r\n"
                "Retry-After: 7\r\n\r\n"
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno",
                answer_all);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 400);
    ck_assert_str_eq(answer.type, "");
    ck_assert_int_eq(answer.retry_after, 0);
    ck_assert_str_eq(answer.body, "no");
}
END_TEST

START_TEST(an_answer_without_content_is_whole)
{
    ti_http_response_t answer =
        ask_for("HTTP/1.1 204 No Content\r\n\r\n", answer_all);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 204);
    ck_assert_int_eq(answer.length, 0);
    ck_assert_str_eq(answer.body, "");
}
END_TEST

START_TEST(chunks_are_joined_and_trailers_change_nothing)
{
    ti_http_response_t answer =
        ask_for(HEAD "Transfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n"
                     "Content-Type: text/late\r\nRetry-After: 9\r\n\r\n",
                answer_all);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_str_eq(answer.body, "abcde");
    ck_assert_int_eq(answer.length, 5);
    ck_assert_str_eq(answer.type, "text/plain");
    ck_assert_int_eq(answer.retry_after, 0);
}
END_TEST

START_TEST(an_answer_may_end_with_its_connection)
{
    ti_http_response_t answer = ask_for(HEAD "\r\nuntil the end", answer_one);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_str_eq(answer.body, "until the end");
}
END_TEST

static const char *const broken[] = {
    HEAD "Content-Length: 50\r\n\r\nless",
    HEAD "Content-Length: 5",
    "HTTP/1.1 200 OK\r\n",
    HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n",
    HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    HEAD "Transfer-Encoding: chunked\r\n\r\n"
         "fffffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "this is no HTTP at all\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "",
};

START_TEST(what_is_cut_short_or_garbled_is_broken)
{
    ti_http_response_t answer = ask_for(broken[_i], answer_one);

    ck_assert_int_eq(answer.failure, TI_HTTP_BROKEN);
    ck_assert_int_eq(peer_count(peer, &peer->requests), 1);
}
END_TEST

static const char *const endless[] = {
    HEAD "\r\n|0123456789012345678901234567890123456789",
    HEAD "Transfer-Encoding: chunked\r\n\r\n|a\r\n0123456789\r\n",
    HEAD "|X-More: and more of them\r\n",
    HEAD "|X",
    "HTTP/1.1 100 Continue\r\n\r\n|HTTP/1.1 100 Continue\r\n\r\n",
    HEAD "Content-Length: 1073741824\r\n\r\n|0123456789",
};

START_TEST(what_does_not_end_is_too_large)
{
    ti_http_response_t answer = ask_for(endless[_i], answer_without_end);

    ck_assert_int_eq(answer.failure, TI_HTTP_TOO_LARGE);
    ck_assert_int_lt(answer.took, apr_time_from_sec(5));
}
END_TEST

START_TEST(a_gigabyte_is_refused_before_a_byte_of_it_came)
{
    raw = HEAD "Content-Length: 1073741824\r\n\r\n";
    ck_assert_int_eq(ask_for(raw, answer_all).failure, TI_HTTP_TOO_LARGE);
}
END_TEST

START_TEST(a_body_may_be_as_large_as_the_limit_and_no_larger)
{
    apr_size_t size = 64 * 1024;
    char *body = apr_palloc(pool, size + 1);
    ti_http_request_t request;
    ti_http_response_t answer;

    memset(body, 'b', size);
    body[size] = '\0';
    raw = apr_pstrcat(pool, HEAD "\r\n", body, NULL);
    peer = peer_start(answer_one);
    request = post_to(peer->port);
    answer = ask(&request);
    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.length, size);
    ck_assert_str_eq(answer.body, body);

    request.size_max = size - 1;
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_TOO_LARGE);
}
END_TEST

static apr_interval_time_t retry_after(const char *value)
{
    const char *text = apr_psprintf(pool,
                                    "HTTP/1.1 503 Busy\r\nretry-after: %s\r\n"
                                    "Content-Length: 0\r\n\r\n",
                                    value);
    ti_http_response_t answer = ask_for(text, answer_all);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    return answer.retry_after;
}

START_TEST(retry_after_is_read_in_seconds)
{
    ck_assert_int_eq(retry_after("120 "), apr_time_from_sec(120));
}
END_TEST

START_TEST(retry_after_is_read_as_a_date)
{
    char date[APR_RFC822_DATE_LEN];
    apr_interval_time_t wait;

    apr_rfc822_date(date, apr_time_now() + apr_time_from_sec(100));
    wait = retry_after(date);
    ck_assert_int_gt(wait, apr_time_from_sec(95));
    ck_assert_int_le(wait, apr_time_from_sec(100));
}
END_TEST

static const char *const no_times[] = {
    "-5", "", "soon", "5x", "0", "1.5", "Thu, 01 Jan 1970 00:00:00 GMT",
};

START_TEST(a_retry_after_that_says_nothing_is_none)
{
    ck_assert_int_eq(retry_after(no_times[_i]), 0);
}
END_TEST

static const char *const long_times[] = {
    "99999999999999999999999",
    "999999999",
    "Fri, 31 Dec 9999 23:59:59 GMT",
};

START_TEST(a_retry_after_of_years_is_cut_to_a_day)
{
    ck_assert_int_eq(retry_after(long_times[_i]), apr_time_from_sec(86400));
}
END_TEST

static void add_bounds(TCase *bounds)
{
    tcase_add_loop_test(bounds, what_is_cut_short_or_garbled_is_broken, 0,
                        COUNT(broken));
    tcase_add_loop_test(bounds, what_does_not_end_is_too_large, 0,
                        COUNT(endless));
    tcase_add_test(bounds, a_gigabyte_is_refused_before_a_byte_of_it_came);
    tcase_add_test(bounds, a_body_may_be_as_large_as_the_limit_and_no_larger);
}

static void add_answers(TCase *answers)
{
    tcase_add_test(answers, a_plain_answer_is_read_whole);
    tcase_add_test(answers, interim_answers_are_passed_over);
    tcase_add_test(answers, an_answer_without_content_is_whole);
    tcase_add_test(answers, chunks_are_joined_and_trailers_change_nothing);
    tcase_add_test(answers, an_answer_may_end_with_its_connection);
    tcase_add_test(answers, retry_after_is_read_in_seconds);
    tcase_add_test(answers, retry_after_is_read_as_a_date);
    tcase_add_loop_test(answers, a_retry_after_that_says_nothing_is_none, 0,
                        COUNT(no_times));
    tcase_add_loop_test(answers, a_retry_after_of_years_is_cut_to_a_day, 0,
                        COUNT(long_times));
}

static Suite *suite(void)
{
    Suite *all = suite_create("reading");
    TCase *answers = tcase_create("answers");
    TCase *bounds = tcase_create("bounds");

    add_answers(answers);
    add_bounds(bounds);
    tcase_add_checked_fixture(answers, client_open, client_close);
    tcase_add_checked_fixture(bounds, client_open, client_close);
    tcase_set_timeout(bounds, 30);
    suite_add_tcase(all, answers);
    suite_add_tcase(all, bounds);
    return all;
}
