/* SPDX-License-Identifier: Apache-2.0
 *
 * What is sent, and what is read, byte by byte.
 */
#include "client.h"

#include <apr_date.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

static const char *raw; /* what the server answers */

/* Answers each request, on one connection. */
static void say_raw(peer_talk_t *talk)
{
    while (peer_read(talk) && peer_say(talk, raw)) {
    }
}

/* Answers one request, and closes. */
static void say_raw_once(peer_talk_t *talk)
{
    if (peer_read(talk)) {
        peer_say(talk, raw);
    }
}

/* The answer, and what follows it for ever. */
static void say_raw_without_end(peer_talk_t *talk)
{
    const char *tail = strchr(raw, '|') + 1;
    char *head = strndup(raw, (size_t)(tail - raw - 1));

    if (peer_read(talk) && peer_say(talk, head)) {
        while (peer_say(talk, tail)) {
        }
    }
    free(head);
}

static ti_http_answer_t ask_for(const char *text, peer_script_t *script)
{
    ti_http_request_t request;

    raw = text;
    peer = peer_start(script);
    request = post_to(peer->port);
    return ask(&request);
}

static const char *request_seen(void)
{
    return peer_request(peer, 1);
}

START_TEST(a_plain_answer_is_read_whole)
{
    ti_http_answer_t answer = ask_for(OK_ANSWER, say_raw);

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

START_TEST(a_form_arrives_intact_and_without_asking_leave)
{
    ti_http_request_t request;
    apr_size_t size = 1100000; /* curl asks leave beyond 1 MiB */
    char *form = apr_palloc(pool, size + 1);
    const char *seen;

    memset(form, 'a', size);
    memcpy(form, "token=%2B%00", 12);
    form[size] = '\0';
    raw = OK_ANSWER;
    peer = peer_start(say_raw);
    request = post_to(peer->port);
    request.form = form;
    request.form_length = size;
    request.authorization = "Basic c2VjcmV0";
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);

    seen = request_seen();
    ck_assert_ptr_eq(strstr(seen, "POST /introspect HTTP/1.1\r\n"), seen);
    ck_assert_ptr_nonnull(strstr(
        seen, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\nAccept: application/json\r\n"));
    ck_assert_ptr_nonnull(
        strstr(seen, "\r\nAuthorization: Basic c2VjcmV0\r\n"));
    ck_assert_ptr_nonnull(
        strstr(seen, "\r\nUser-Agent: mod_auth_introspect\r\n"));
    ck_assert_ptr_null(strcasestr(seen, "Expect"));
    ck_assert_ptr_null(strcasestr(seen, "Accept-Encoding"));
    ck_assert_str_eq(strstr(seen, "\r\n\r\n") + 4, form);
}
END_TEST

START_TEST(a_form_of_which_only_a_part_is_meant_is_cut_there)
{
    ti_http_request_t request;

    raw = OK_ANSWER;
    peer = peer_start(say_raw);
    request = post_to(peer->port);
    request.form = "token=abc&more=none";
    request.form_length = 9;
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
    ck_assert_str_eq(strstr(request_seen(), "\r\n\r\n") + 4, "token=abc");
}
END_TEST

START_TEST(without_a_form_it_is_a_get)
{
    ti_http_request_t request;

    raw = OK_ANSWER;
    peer = peer_start(say_raw);
    request = post_to(peer->port);
    request.form = NULL;
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
    ck_assert_ptr_eq(strstr(request_seen(), "GET /introspect HTTP/1.1\r\n"),
                     request_seen());
    ck_assert_ptr_null(strcasestr(request_seen(), "Content-Length"));
}
END_TEST

START_TEST(nothing_of_one_exchange_is_left_in_the_next)
{
    ti_http_request_t request;
    const char *seen;

    raw = "HTTP/1.1 200 OK\r\nSet-Cookie: crumb=1\r\nContent-Length: 0\r\n\r\n";
    peer = peer_start(say_raw);
    request = post_to(peer->port);
    request.authorization = "Bearer ours";
    ck_assert_int_eq(ask(&request).failure, TI_HTTP_OK);
    request.authorization = NULL;
    request.form = NULL;
    ck_assert_int_eq(ask(&request).reused, 1);

    seen = request_seen();
    ck_assert_ptr_eq(strstr(seen, "GET "), seen);
    ck_assert_ptr_null(strcasestr(seen, "Cookie"));
    ck_assert_ptr_null(strcasestr(seen, "Authorization"));
}
END_TEST

START_TEST(interim_answers_are_passed_over)
{
    ti_http_answer_t answer =
        ask_for("HTTP/1.1 100 Continue\r\n\r\n"
                "HTTP/1.1 103 Early Hints\r\nContent-Type: text/early\r\n"
                "Retry-After: 7\r\n\r\n"
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno",
                say_raw);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 400);
    ck_assert_str_eq(answer.type, "");
    ck_assert_int_eq(answer.retry_after, 0);
    ck_assert_str_eq(answer.body, "no");
}
END_TEST

START_TEST(a_redirect_is_an_answer_and_not_followed)
{
    ti_http_answer_t answer = ask_for(
        "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
        say_raw);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 302);
    ck_assert_int_eq(peer_count(peer, &peer->requests), 1);
}
END_TEST

START_TEST(an_answer_without_content_is_whole)
{
    ti_http_answer_t answer =
        ask_for("HTTP/1.1 204 No Content\r\n\r\n", say_raw);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 204);
    ck_assert_int_eq(answer.length, 0);
    ck_assert_str_eq(answer.body, "");
}
END_TEST

START_TEST(chunks_are_joined_and_trailers_change_nothing)
{
    ti_http_answer_t answer =
        ask_for(HEAD "Transfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n"
                     "Content-Type: text/late\r\nRetry-After: 9\r\n\r\n",
                say_raw);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_str_eq(answer.body, "abcde");
    ck_assert_int_eq(answer.length, 5);
    ck_assert_str_eq(answer.type, "text/plain");
    ck_assert_int_eq(answer.retry_after, 0);
}
END_TEST

START_TEST(an_answer_may_end_with_its_connection)
{
    ti_http_answer_t answer = ask_for(HEAD "\r\nuntil the end", say_raw_once);

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
    ti_http_answer_t answer = ask_for(broken[_i], say_raw_once);

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
    ti_http_answer_t answer = ask_for(endless[_i], say_raw_without_end);

    ck_assert_int_eq(answer.failure, TI_HTTP_TOO_LARGE);
    ck_assert_int_lt(answer.took, apr_time_from_sec(5));
}
END_TEST

START_TEST(a_gigabyte_is_refused_before_a_byte_of_it_came)
{
    raw = HEAD "Content-Length: 1073741824\r\n\r\n";
    ck_assert_int_eq(ask_for(raw, say_raw).failure, TI_HTTP_TOO_LARGE);
}
END_TEST

START_TEST(a_body_may_be_as_large_as_the_limit_and_no_larger)
{
    apr_size_t size = 64 * 1024;
    char *body = apr_palloc(pool, size + 1);
    ti_http_request_t request;
    ti_http_answer_t answer;

    memset(body, 'b', size);
    body[size] = '\0';
    raw = apr_pstrcat(pool, HEAD "\r\n", body, NULL);
    peer = peer_start(say_raw_once);
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
    ti_http_answer_t answer = ask_for(text, say_raw);

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

START_TEST(proxies_of_the_environment_are_ignored)
{
    ti_http_answer_t answer;

    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
    answer = ask_for(OK_ANSWER, say_raw);
    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_ptr_eq(strstr(request_seen(), "POST /introspect "),
                     request_seen());
}
END_TEST

START_TEST(passwords_of_netrc_are_not_sent)
{
    char home[] = "/tmp/check_http.XXXXXX";
    const char *file;
    FILE *netrc;

    ck_assert_ptr_nonnull(mkdtemp(home));
    file = apr_pstrcat(pool, home, "/.netrc", NULL);
    netrc = fopen(file, "w");
    ck_assert_ptr_nonnull(netrc);
    fputs("machine 127.0.0.1 login somebody password else\n", netrc);
    fclose(netrc);
    setenv("HOME", home, 1);
    ask_for(OK_ANSWER, say_raw);
    unlink(file);
    rmdir(home);
    ck_assert_ptr_null(strcasestr(request_seen(), "Authorization"));
}
END_TEST

static const char *const strange_urls[] = {
    "file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1/introspect", "",
    "httpx://127.0.0.1/",
};

START_TEST(only_https_and_http_are_spoken)
{
    ti_http_request_t request = post_to(1);
    ti_http_answer_t answer;

    request.url = strange_urls[_i];
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    ck_assert_int_eq(answer.failure, TI_HTTP_INTERNAL);
    ck_assert_str_eq(answer.reason, "the URL is neither https nor http");
}
END_TEST

START_TEST(credentials_in_a_url_are_refused_and_not_repeated)
{
    ti_http_request_t request;
    ti_http_answer_t answer;

    peer = peer_start(say_raw);
    request = post_to(peer->port);
    request.url =
        apr_psprintf(pool, "http://me:hidden@127.0.0.1:%d/", peer->port);
    answer = ask(&request);
    ck_assert_int_eq(answer.failure, TI_HTTP_INTERNAL);
    ck_assert_ptr_null(strstr(answer.reason, "hidden"));
    ck_assert_int_eq(peer_count(peer, &peer->requests), 0);
}
END_TEST

START_TEST(a_wait_without_limit_is_refused)
{
    ti_http_request_t request = post_to(1);
    ti_http_answer_t answer;

    request.timeout = 0;
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    request = post_to(1);
    request.connect_timeout = 0;
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    ck_assert_int_eq(answer.failure, TI_HTTP_INTERNAL);
}
END_TEST

START_TEST(a_header_value_cannot_add_a_line)
{
    ti_http_request_t request = post_to(1);
    ti_http_answer_t answer;

    request.authorization = "Bearer a\r\nX-Evil: 1";
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    request.authorization = NULL;
    request.accept = "text/plain\n";
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    ck_assert_ptr_null(strstr(answer.reason, "Evil"));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void add_bounds(TCase *bounds)
{
    tcase_add_loop_test(bounds, what_is_cut_short_or_garbled_is_broken, 0,
                        COUNT(broken));
    tcase_add_loop_test(bounds, what_does_not_end_is_too_large, 0,
                        COUNT(endless));
    tcase_add_test(bounds, a_gigabyte_is_refused_before_a_byte_of_it_came);
    tcase_add_test(bounds, a_body_may_be_as_large_as_the_limit_and_no_larger);
    tcase_add_loop_test(bounds, only_https_and_http_are_spoken, 0,
                        COUNT(strange_urls));
    tcase_add_test(bounds, credentials_in_a_url_are_refused_and_not_repeated);
    tcase_add_test(bounds, a_wait_without_limit_is_refused);
    tcase_add_test(bounds, a_header_value_cannot_add_a_line);
}

static void add_answers(TCase *answers)
{
    tcase_add_test(answers, a_plain_answer_is_read_whole);
    tcase_add_test(answers, interim_answers_are_passed_over);
    tcase_add_test(answers, a_redirect_is_an_answer_and_not_followed);
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
    Suite *all = suite_create("http");
    TCase *requests = tcase_create("requests");
    TCase *answers = tcase_create("answers");
    TCase *bounds = tcase_create("bounds");

    tcase_add_test(requests, a_form_arrives_intact_and_without_asking_leave);
    tcase_add_test(requests, a_form_of_which_only_a_part_is_meant_is_cut_there);
    tcase_add_test(requests, without_a_form_it_is_a_get);
    tcase_add_test(requests, nothing_of_one_exchange_is_left_in_the_next);
    tcase_add_test(requests, proxies_of_the_environment_are_ignored);
    tcase_add_test(requests, passwords_of_netrc_are_not_sent);
    add_answers(answers);
    add_bounds(bounds);
    tcase_add_checked_fixture(requests, client_open, client_close);
    tcase_add_checked_fixture(answers, client_open, client_close);
    tcase_add_checked_fixture(bounds, client_open, client_close);
    tcase_set_timeout(bounds, 30);
    suite_add_tcase(all, requests);
    suite_add_tcase(all, answers);
    suite_add_tcase(all, bounds);
    return all;
}
