/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections: how many there are, and how they end.
 *
 * Under ThreadSanitizer too.
 * Not under valgrind.
 */
#include "client.h"

#include <dirent.h>
#include <fcntl.h>

#define THREADS 16

static void hang(peer_talk_t *talk)
{
    if (peer_read(talk)) {
        peer_hang(talk);
    }
}

static void expect_seen(int connections, int requests)
{
    ck_assert_int_eq(peer_count(peer, &peer->connections), connections);
    ck_assert_int_eq(peer_count(peer, &peer->requests), requests);
}

START_TEST(a_thousand_exchanges_in_turn_use_one_connection)
{
    ti_http_request_t request;
    int i;

    peer = peer_start(answer_all);
    request = post_to(peer->port);
    for (i = 0; i < 1000; i++) {
        ti_http_response_t answer = ask(&request);

        ck_assert_int_eq(answer.failure, TI_HTTP_OK);
        ck_assert_int_eq(answer.reused, i > 0);
    }
    expect_seen(1, 1000);
}
END_TEST

/* To the same host, through the peer as a proxy, each time with this login. */
static int reused_with(const char *login, int is_named)
{
    ti_http_request_t request = post_to(1);
    ti_route_t route = {0};

    request.url = "http://as.example/introspect";
    route.proxy = apr_psprintf(pool, "http://127.0.0.1:%d", peer->port);
    route.proxy_login = login;
    route.hash = is_named ? ti_route_hash(&route, pool) : 0;
    request.route = &route;
    return ask(&request).reused;
}

START_TEST(a_connection_of_one_login_at_the_proxy_serves_no_other)
{
    peer = peer_start(answer_all);
    ck_assert(!reused_with("one:first", 0));
    ck_assert(!reused_with("other:second", 0));
    ck_assert(!reused_with(NULL, 0));
    ck_assert(reused_with("one:first", 0));
    ck_assert(reused_with("other:second", 1));
    ck_assert(reused_with(NULL, 1));
    expect_seen(3, 6);
}
END_TEST

/* One thread's share: exchanges in turn; returns how many went well. */
static void *exchange_often(void *data)
{
    const int *times = data;
    apr_pool_t *own;
    ti_http_request_t request;
    long well = 0;
    int i;

    apr_pool_create(&own, NULL);
    request = (ti_http_request_t){
        .url = apr_psprintf(own, "http://127.0.0.1:%d/", peer->port),
        .accept = "application/json",
        .timeout = apr_time_from_sec(20),
        .connect_timeout = apr_time_from_sec(20),
        .size_max = 1000,
    };
    for (i = 0; i < *times; i++) {
        ti_http_response_t answer;

        http->exchange(http, &answer, &request, own);
        well += answer.failure == TI_HTTP_OK && answer.status == 200;
    }
    apr_pool_destroy(own);
    return (void *)well;
}

static void exchange_in_threads(int times)
{
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, exchange_often, &times);
    }
    for (i = 0; i < THREADS; i++) {
        void *well;

        pthread_join(threads[i], &well);
        ck_assert_int_eq((long)well, times);
    }
}

START_TEST(a_thousand_exchanges_of_sixteen_threads_use_sixteen_at_most)
{
    peer = peer_start(answer_all);
    exchange_in_threads(63);
    ck_assert_int_le(peer_count(peer, &peer->connections), THREADS);
    ck_assert_int_eq(peer_count(peer, &peer->requests), THREADS * 63);
}
END_TEST

START_TEST(no_more_connections_are_kept_than_allowed)
{
    ck_assert_int_eq(ti_http_create(&http, 2, pool), APR_SUCCESS);
    peer = peer_start(answer_all);
    exchange_in_threads(5);
    ck_assert(peer_wait(peer, &peer->open, 2, 1));
    ck_assert_int_eq(ask_peer().reused, 1);
}
END_TEST

START_TEST(a_process_may_keep_no_connection_at_all)
{
    ck_assert_int_eq(ti_http_create(&http, 0, pool), APR_SUCCESS);
    peer = peer_start(answer_all);
    ask_peer();
    ck_assert_int_eq(ask_peer().reused, 0);
    ck_assert(peer_wait(peer, &peer->open, 0, 1));
    expect_seen(2, 2);
}
END_TEST

static void *abort_when_asked(void *data)
{
    peer_wait(peer, &peer->requests, 1, 0);
    ti_http_abort(data);
    return NULL;
}

START_TEST(abort_ends_an_exchange_that_hangs)
{
    pthread_t thread;
    ti_http_response_t answer;

    peer = peer_start(hang);
    pthread_create(&thread, NULL, abort_when_asked, http);
    answer = ask_peer();
    pthread_join(thread, NULL);
    ck_assert_int_eq(answer.failure, TI_HTTP_ABORTED);
    ck_assert_int_lt(answer.took, apr_time_from_msec(2500));

    ck_assert_int_eq(ask_peer().failure, TI_HTTP_ABORTED);
    expect_seen(1, 1);
}
END_TEST

START_TEST(closing_waits_for_an_exchange_that_hangs)
{
    int times = 1;
    void *well;
    pthread_t thread;

    peer = peer_start(hang);
    pthread_create(&thread, NULL, exchange_often, &times);
    ck_assert(peer_wait(peer, &peer->requests, 1, 0));
    apr_pool_clear(pool);
    ck_assert(peer_wait(peer, &peer->open, 0, 1));
    pthread_join(thread, &well);
    ck_assert_int_eq((long)well, 0);
}
END_TEST

/* How many descriptors are open; of those, how many internet sockets would
 * be inherited by a CGI program. */
static int descriptors(int *inherited)
{
    DIR *listing = opendir("/proc/self/fd");
    const struct dirent *entry;
    int count = 0;

    *inherited = 0;
    for (entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        int fd = atoi(entry->d_name);
        struct sockaddr address;
        socklen_t size = sizeof(address);

        count++;
        if (getsockname(fd, &address, &size) == 0 &&
            address.sa_family == AF_INET &&
            (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) {
            ++*inherited;
        }
    }
    closedir(listing);
    return count;
}

START_TEST(closing_leaves_no_descriptor_open)
{
    int inherited;
    int before;

    peer = peer_start(answer_all);
    apr_pool_clear(pool);
    before = descriptors(&inherited);
    ck_assert_int_eq(ti_http_create(&http, 16, pool), APR_SUCCESS);
    exchange_in_threads(3);
    ck_assert_int_gt(descriptors(&inherited), before);
    apr_pool_clear(pool);
    ck_assert(peer_wait(peer, &peer->open, 0, 1));
    ck_assert_int_eq(descriptors(&inherited), before);
}
END_TEST

START_TEST(no_program_inherits_a_connection)
{
    int inherited;

    peer = peer_start(answer_all);
    ask_peer();
    ck_assert_int_eq(peer_count(peer, &peer->open), 1);
    descriptors(&inherited);
    ck_assert_int_eq(inherited, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("network");
    TCase *reuse = tcase_create("reuse");
    TCase *end = tcase_create("end");

    tcase_add_test(reuse, a_thousand_exchanges_in_turn_use_one_connection);
    tcase_add_test(reuse,
                   a_thousand_exchanges_of_sixteen_threads_use_sixteen_at_most);
    tcase_add_test(reuse, no_more_connections_are_kept_than_allowed);
    tcase_add_test(reuse,
                   a_connection_of_one_login_at_the_proxy_serves_no_other);
    tcase_add_test(reuse, a_process_may_keep_no_connection_at_all);
    tcase_add_test(end, abort_ends_an_exchange_that_hangs);
    tcase_add_test(end, closing_waits_for_an_exchange_that_hangs);
    tcase_add_test(end, closing_leaves_no_descriptor_open);
    tcase_add_test(end, no_program_inherits_a_connection);
    tcase_add_checked_fixture(reuse, client_open, client_close);
    tcase_add_checked_fixture(end, client_open, client_close);
    tcase_set_timeout(reuse, 60);
    tcase_set_timeout(end, 30);
    suite_add_tcase(all, reuse);
    suite_add_tcase(all, end);
    return all;
}
