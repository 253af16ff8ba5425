/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept connections that die or speak unasked: what is retried, and how often.
 *
 * Not under valgrind.
 */
#include "client.h"

#define EVIL_ANSWER                                                            \
    "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"active\":true}"

/* Reads one request and closes. */
static void answer_none(peer_talk_t *talk)
{
    peer_read(talk);
}

/* The first connection dies of its second request, the others of the first. */
static void die_of_the_next(peer_talk_t *talk)
{
    if (talk->number == 1) {
        answer_one(talk);
    }
    peer_read(talk);
}

/* The first connection dies of its second request, the others are well. */
static void die_once(peer_talk_t *talk)
{
    if (talk->number == 1) {
        die_of_the_next(talk);
    } else {
        answer_all(talk);
    }
}

/* The first connection dies within its second answer. */
static void die_speaking(peer_talk_t *talk)
{
    if (talk->number > 1) {
        answer_all(talk);
        return;
    }
    answer_one(talk);
    if (peer_read(talk)) {
        peer_say(talk, "HTTP/1.1 200 OK\r\nContent-");
    }
}

/* The first connection says more than it was asked. */
static void say_too_much(peer_talk_t *talk)
{
    if (talk->number > 1) {
        answer_all(talk);
        return;
    }
    answer_one(talk);
    while (peer_count(talk->peer, &talk->peer->marks) == 0) {
        usleep(1000); /* until the test has the first answer */
    }
    peer_say(talk, EVIL_ANSWER);
    peer_mark(talk);
    peer_hang(talk);
}

static void expect_seen(int connections, int requests)
{
    ck_assert_int_eq(peer_count(peer, &peer->connections), connections);
    ck_assert_int_eq(peer_count(peer, &peer->requests), requests);
}

START_TEST(a_connection_that_the_server_has_closed_is_replaced)
{
    ti_http_response_t answer;

    peer = peer_start(answer_one);
    ask_peer();
    ck_assert(peer_wait(peer, &peer->open, 0, 1));
    answer = ask_peer();
    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.reused, 0);
    expect_seen(2, 2);
}
END_TEST

START_TEST(a_kept_connection_that_dies_is_retried)
{
    ti_http_response_t answer;

    peer = peer_start(die_once);
    ask_peer();
    answer = ask_peer();
    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_str_eq(answer.body, "{\"active\":false}");
    ck_assert_str_eq(strstr(peer_request(peer, 2), "\r\n\r\n"),
                     "\r\n\r\ntoken=x");
    expect_seen(2, 3);
}
END_TEST

/* As an assertion that is good once. */
START_TEST(what_may_be_sent_once_is_not_retried)
{
    ti_http_response_t answer;
    ti_http_request_t request;

    peer = peer_start(die_once);
    ask_peer();
    request = post_to(peer->port);
    request.once = 1;
    answer = ask(&request);
    ck_assert_int_eq(answer.failure, TI_HTTP_BROKEN);
    ck_assert_int_eq(answer.stale, 1);
    ck_assert_int_eq(peer_count(peer, &peer->requests), 2);

    answer = ask(&request);
    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_int_eq(answer.stale, 0);
}
END_TEST

START_TEST(a_retry_is_not_retried)
{
    peer = peer_start(die_of_the_next);
    ask_peer();
    ck_assert_int_eq(ask_peer().failure, TI_HTTP_BROKEN);
    expect_seen(2, 3);
}
END_TEST

START_TEST(a_fresh_connection_that_dies_is_not_retried)
{
    peer = peer_start(answer_none);
    ck_assert_int_eq(ask_peer().failure, TI_HTTP_BROKEN);
    expect_seen(1, 1);
}
END_TEST

START_TEST(a_kept_connection_that_dies_within_an_answer_is_not_retried)
{
    peer = peer_start(die_speaking);
    ask_peer();
    ck_assert_int_eq(ask_peer().failure, TI_HTTP_BROKEN);
    expect_seen(1, 2);
}
END_TEST

START_TEST(what_was_said_unasked_is_never_the_next_answer)
{
    ti_http_response_t answer;

    peer = peer_start(say_too_much);
    ask_peer();
    pthread_mutex_lock(&peer->lock);
    peer->marks++;
    pthread_mutex_unlock(&peer->lock);
    ck_assert(peer_wait(peer, &peer->marks, 2, 0));
    answer = ask_peer();
    ck_assert_int_eq(answer.failure, TI_HTTP_OK);
    ck_assert_str_eq(answer.body, "{\"active\":false}");
    expect_seen(2, 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("retry");
    TCase *kept = tcase_create("kept");

    tcase_add_test(kept, a_connection_that_the_server_has_closed_is_replaced);
    tcase_add_test(kept, a_kept_connection_that_dies_is_retried);
    tcase_add_test(kept, what_may_be_sent_once_is_not_retried);
    tcase_add_test(kept, a_retry_is_not_retried);
    tcase_add_test(kept, a_fresh_connection_that_dies_is_not_retried);
    tcase_add_test(kept,
                   a_kept_connection_that_dies_within_an_answer_is_not_retried);
    tcase_add_test(kept, what_was_said_unasked_is_never_the_next_answer);
    tcase_add_checked_fixture(kept, client_open, client_close);
    tcase_set_timeout(kept, 30);
    suite_add_tcase(all, kept);
    return all;
}
