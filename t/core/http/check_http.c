/* SPDX-License-Identifier: Apache-2.0
 *
 * What the HTTP client sends, and what it refuses to send.
 */
#include <sys/resource.h>

#include "client.h"

static const char *request_seen(void)
{
    return peer_request(peer, 1);
}

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
    peer = peer_start(answer_all);
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
    ck_assert_ptr_nonnull(strstr(seen, "\r\nAccept-Encoding: identity\r\n"));
    ck_assert_ptr_null(
        strstr(strstr(seen, "Accept-Encoding") + 1, "Accept-Encoding"));
    ck_assert_str_eq(strstr(seen, "\r\n\r\n") + 4, form);
}
END_TEST

START_TEST(a_form_of_which_only_a_part_is_meant_is_cut_there)
{
    ti_http_request_t request;

    raw = OK_ANSWER;
    peer = peer_start(answer_all);
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
    peer = peer_start(answer_all);
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
    peer = peer_start(answer_all);
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

START_TEST(a_redirect_is_an_answer_and_not_followed)
{
    ti_http_response_t answer = ask_for(
        "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
        answer_all);

    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.status, 302);
    ck_assert_int_eq(peer_count(peer, &peer->requests), 1);
}
END_TEST

START_TEST(proxies_of_the_environment_are_ignored)
{
    ti_http_response_t answer;

    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
    answer = ask_for(OK_ANSWER, answer_all);
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
    ask_for(OK_ANSWER, answer_all);
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
    ti_http_response_t answer;

    request.url = strange_urls[_i];
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    ck_assert_int_eq(answer.failure, TI_HTTP_INTERNAL);
    ck_assert_str_eq(answer.reason, "the URL is neither https nor http");
}
END_TEST

START_TEST(credentials_in_a_url_are_refused_and_not_repeated)
{
    ti_http_request_t request;
    ti_http_response_t answer;

    peer = peer_start(answer_all);
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
    ti_http_response_t answer;

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
    ti_http_response_t answer;

    request.authorization = "Bearer a\r\nX-Evil: 1";
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    request.authorization = NULL;
    request.accept = "text/plain\n";
    ck_assert_int_eq(http->exchange(http, &answer, &request, pool), APR_EINVAL);
    ck_assert_ptr_null(strstr(answer.reason, "Evil"));
}
END_TEST

START_TEST(a_lack_of_descriptors_is_not_the_servers_fault)
{
    struct rlimit before;
    struct rlimit none;
    ti_http_request_t request;
    ti_http_response_t answer;

    peer = peer_start(answer_all);
    request = post_to(peer->port);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    answer = ask(&request);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(answer.failure, TI_HTTP_INTERNAL);
    ck_assert_ptr_nonnull(strstr(answer.reason, "descriptor"));
    ck_assert(!answer.sent);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("http");
    TCase *sent = tcase_create("sent");
    TCase *refused = tcase_create("refused");

    tcase_add_test(sent, a_form_arrives_intact_and_without_asking_leave);
    tcase_add_test(sent, a_form_of_which_only_a_part_is_meant_is_cut_there);
    tcase_add_test(sent, without_a_form_it_is_a_get);
    tcase_add_test(sent, nothing_of_one_exchange_is_left_in_the_next);
    tcase_add_test(sent, a_redirect_is_an_answer_and_not_followed);
    tcase_add_test(sent, proxies_of_the_environment_are_ignored);
    tcase_add_test(sent, passwords_of_netrc_are_not_sent);
    tcase_add_loop_test(refused, only_https_and_http_are_spoken, 0,
                        (int)(sizeof(strange_urls) / sizeof(strange_urls[0])));
    tcase_add_test(refused, credentials_in_a_url_are_refused_and_not_repeated);
    tcase_add_test(refused, a_wait_without_limit_is_refused);
    tcase_add_test(refused, a_header_value_cannot_add_a_line);
    tcase_add_checked_fixture(sent, client_open, client_close);
    tcase_add_checked_fixture(refused, client_open, client_close);
    tcase_add_test(sent, a_lack_of_descriptors_is_not_the_servers_fault);
    suite_add_tcase(all, sent);
    suite_add_tcase(all, refused);
    return all;
}
