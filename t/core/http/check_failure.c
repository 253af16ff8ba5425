/* SPDX-License-Identifier: Apache-2.0
 *
 * Why no answer came: the kind of failure, and what the administrator reads.
 *
 * Not under valgrind.
 */
#include "client.h"

#include <netdb.h>

static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t names_changed = PTHREAD_COND_INITIALIZER;
static int names_silent; /* the name server says nothing while this is set */
static int names_asked;  /* resolvers that wait for it */

/* In place of the system's: no name has an address. */
int getaddrinfo(const char *name, const char *service,
                const struct addrinfo *hints, struct addrinfo **found)
{
    (void)name;
    (void)service;
    (void)hints;
    *found = NULL;
    pthread_mutex_lock(&names_lock);
    names_asked++;
    while (names_silent) {
        pthread_cond_wait(&names_changed, &names_lock);
    }
    names_asked--;
    pthread_cond_broadcast(&names_changed);
    pthread_mutex_unlock(&names_lock);
    return EAI_NONAME;
}

static void wake_name_server(void)
{
    pthread_mutex_lock(&names_lock);
    names_silent = 0;
    pthread_cond_broadcast(&names_changed);
    while (names_asked > 0) {
        pthread_cond_wait(&names_changed, &names_lock);
    }
    pthread_mutex_unlock(&names_lock);
}

static void hang(peer_talk_t *talk)
{
    if (peer_read(talk)) {
        peer_hang(talk);
    }
}

static void hang_at_once(peer_talk_t *talk)
{
    peer_hang(talk);
}

static void answer_plain(peer_talk_t *talk)
{
    char byte;

    if (recv(talk->fd, &byte, 1, 0) == 1) {
        peer_say(talk, "HTTP/1.1 400 Bad Request\r\n\r\n");
    }
}

/* One byte of the body each 50 ms: it never stops for long. */
static void dribble(peer_talk_t *talk)
{
    if (peer_read(talk) && peer_say(talk, "HTTP/1.1 200 OK\r\n\r\n")) {
        while (peer_say(talk, "x")) {
            usleep(50000);
        }
    }
}

static void garble(peer_talk_t *talk)
{
    if (peer_read(talk)) {
        peer_say(talk, "\x1b[31m\x07 no HTTP\r\n\r\n");
    }
}

static void flood(peer_talk_t *talk)
{
    if (peer_read(talk)) {
        peer_say(talk, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
        peer_hang(talk);
    }
}

static void expect(const ti_http_response_t *answer, ti_http_failure_t failure,
                   const char *part)
{
    if (strstr(answer->reason, part) == NULL) {
        ck_abort_msg("'%s' is not in '%s'", part, answer->reason);
    }
    ck_assert_int_eq(answer->failure, failure);
}

static ti_http_response_t ask_within(peer_script_t *script, const char *scheme,
                                     int milliseconds)
{
    ti_http_request_t request;

    peer = peer_start(script);
    request = post_to(peer->port);
    request.url = apr_psprintf(pool, "%s://127.0.0.1:%d/", scheme, peer->port);
    request.timeout = apr_time_from_msec(milliseconds);
    return ask(&request);
}

static void expect_within(const ti_http_response_t *answer, int low, int high)
{
    ck_assert_int_ge(answer->took, apr_time_from_msec(low));
    ck_assert_int_lt(answer->took, apr_time_from_msec(high));
}

START_TEST(a_refused_connection_is_told_with_its_address)
{
    ti_http_request_t request;
    ti_http_response_t answer;
    int port;

    close(peer_listen(&port));
    request = post_to(port);
    answer = ask(&request);
    expect(&answer, TI_HTTP_CONNECT, "could not connect: Connection refused;");
    expect(&answer, TI_HTTP_CONNECT,
           apr_psprintf(pool, "resolved to 127.0.0.1 port %d;", port));
}
END_TEST

/* Nobody can send to a broadcast address over TCP. */
START_TEST(an_address_without_a_way_is_told_so)
{
    ti_http_request_t request = post_to(1);
    ti_http_response_t answer;

    request.url = "http://255.255.255.255:1/introspect";
    answer = ask(&request);
    expect(&answer, TI_HTTP_CONNECT, "could not connect: Network is unreach");
}
END_TEST

START_TEST(a_name_without_address_is_told)
{
    ti_http_request_t request = post_to(1);
    ti_http_response_t answer;

    request.url = "http://as.invalid/introspect";
    answer = ask(&request);
    expect(&answer, TI_HTTP_RESOLVE, "no address");
    expect(&answer, TI_HTTP_RESOLVE, "as.invalid");
}
END_TEST

START_TEST(a_silent_name_server_takes_no_longer_than_the_limit)
{
    ti_http_request_t request = post_to(1);
    apr_time_t begun = apr_time_now();
    ti_http_response_t answer;

    names_silent = 1;
    request.url = "http://as.invalid/introspect";
    request.timeout = apr_time_from_msec(300);
    answer = ask(&request);
    ck_assert_int_lt(apr_time_now() - begun, apr_time_from_sec(3));
    wake_name_server();
    expect(&answer, TI_HTTP_TIMEOUT, "resolving the host name");
}
END_TEST

/* A listener whose queue is full does not answer a SYN. */
START_TEST(a_connect_that_hangs_ends_at_its_own_limit)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    ti_http_request_t request;
    ti_http_response_t answer;
    int port;
    int listener = peer_listen(&port);
    int fill[4];
    int i;

    listen(listener, 0);
    getsockname(listener, (struct sockaddr *)&address, &size);
    for (i = 0; i < 4; i++) {
        fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fill[i], (struct sockaddr *)&address, size);
    }
    request = post_to(port);
    request.connect_timeout = apr_time_from_msec(300);
    answer = ask(&request);
    for (i = 0; i < 4; i++) {
        close(fill[i]);
    }
    close(listener);
    expect(&answer, TI_HTTP_TIMEOUT, "timed out while connecting");
    expect_within(&answer, 250, 3000);
}
END_TEST

START_TEST(a_server_that_hangs_is_told_to_be_waited_for)
{
    ti_http_response_t answer = ask_within(hang, "http", 300);

    expect(&answer, TI_HTTP_TIMEOUT, "while waiting for the response");
    expect(&answer, TI_HTTP_TIMEOUT, "connected in ");
    expect(&answer, TI_HTTP_TIMEOUT, "gave up after 3");
    expect_within(&answer, 250, 3000);
}
END_TEST

START_TEST(a_server_that_hangs_in_tls_is_told_so)
{
    ti_http_response_t answer = ask_within(hang_at_once, "https", 300);

    expect(&answer, TI_HTTP_TIMEOUT, "timed out in the TLS handshake");
    expect_within(&answer, 250, 3000);
}
END_TEST

START_TEST(a_server_that_dribbles_is_cut_off)
{
    ti_http_response_t answer = ask_within(dribble, "http", 500);

    expect(&answer, TI_HTTP_TIMEOUT, "while reading the response");
    expect_within(&answer, 450, 3000);
}
END_TEST

START_TEST(a_limit_below_a_millisecond_is_not_none)
{
    ti_http_request_t request;
    ti_http_response_t answer;

    peer = peer_start(hang);
    request = post_to(peer->port);
    request.timeout = 1;
    answer = ask(&request);
    ck_assert_int_eq(answer.failure, TI_HTTP_TIMEOUT);
    expect_within(&answer, 0, 3000);
}
END_TEST

START_TEST(plain_http_where_tls_was_asked_for_is_a_failure_of_tls)
{
    ti_http_response_t answer = ask_within(answer_plain, "https", 10000);

    expect(&answer, TI_HTTP_TLS, "TLS failed");
}
END_TEST

static peer_script_t *const faults[] = {hang, hang_at_once, dribble, garble,
                                        flood};

START_TEST(no_reason_holds_a_secret)
{
    ti_http_request_t request;
    ti_http_response_t answer;

    peer = peer_start(faults[_i]);
    request = post_to(peer->port);
    request.url = apr_psprintf(pool, "http://127.0.0.1:%d/path-s3cret?q=s3cret",
                               peer->port);
    request.form = "token=s3cret";
    request.form_length = strlen(request.form);
    request.authorization = "Bearer s3cret";
    request.timeout = apr_time_from_msec(300);
    answer = ask(&request);
    ck_assert_int_ne(answer.failure, TI_HTTP_OK);
    ck_assert_ptr_null(strstr(answer.reason, "s3cret"));
}
END_TEST

START_TEST(a_url_that_curl_refuses_is_not_repeated)
{
    ti_http_request_t request = post_to(1);
    ti_http_response_t answer;

    request.url = "http://127.0.0.1:s3cret/";
    answer = ask(&request);
    expect(&answer, TI_HTTP_INTERNAL, "could not make the request");
    ck_assert_ptr_null(strstr(answer.reason, "s3cret"));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("trouble");
    TCase *stages = tcase_create("stages");
    TCase *words = tcase_create("words");

    tcase_add_test(stages, a_refused_connection_is_told_with_its_address);
    tcase_add_test(stages, an_address_without_a_way_is_told_so);
    tcase_add_test(stages, a_name_without_address_is_told);
    tcase_add_test(stages, a_silent_name_server_takes_no_longer_than_the_limit);
    tcase_add_test(stages, a_connect_that_hangs_ends_at_its_own_limit);
    tcase_add_test(stages, a_server_that_hangs_is_told_to_be_waited_for);
    tcase_add_test(stages, a_server_that_hangs_in_tls_is_told_so);
    tcase_add_test(stages, a_server_that_dribbles_is_cut_off);
    tcase_add_test(stages, a_limit_below_a_millisecond_is_not_none);
    tcase_add_test(words,
                   plain_http_where_tls_was_asked_for_is_a_failure_of_tls);
    tcase_add_loop_test(words, no_reason_holds_a_secret, 0,
                        (int)(sizeof(faults) / sizeof(faults[0])));
    tcase_add_test(words, a_url_that_curl_refuses_is_not_repeated);
    tcase_add_checked_fixture(stages, client_open, client_close);
    tcase_add_checked_fixture(words, client_open, client_close);
    tcase_set_timeout(stages, 30);
    tcase_set_timeout(words, 30);
    suite_add_tcase(all, stages);
    suite_add_tcase(all, words);
    return all;
}
