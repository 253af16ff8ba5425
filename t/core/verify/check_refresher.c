/* SPDX-License-Identifier: Apache-2.0
 *
 * The background's threads: how many there are, what happens where none can be
 * had, and that a token is in hand once.
 *
 * Under ThreadSanitizer too.
 * Not under valgrind.
 */
#include "fake.h"
#include "verify/refresh.h"
#include "verify/refresher.h"

#include <dlfcn.h>
#include <malloc.h>

#define DUE SECONDS(48)
#define CROWD 32 /* tokens, more than there are threads */
#define HITS 300
#define RENEWALS 2000
#define LIVES 500

static int threads_made;
static int threads_denied; /* nonzero: none can be made */
static int held;           /* nonzero: questions about "slow-" wait */
static int waiting;
static int hot_asks;
static int hot_status;
static int wanted;
static apr_time_t moment;

/* In the place of libc's, also for APR. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*task)(void *), void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

    if (__atomic_load_n(&threads_denied, __ATOMIC_RELAXED)) {
        return EAGAIN;
    }
    __atomic_add_fetch(&threads_made, 1, __ATOMIC_RELAXED);
    *(void **)(&real) = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, attributes, task, argument);
}

static int is_released(void)
{
    return !__atomic_load_n(&held, __ATOMIC_ACQUIRE);
}

static apr_status_t answer(ti_http_t *http, ti_http_response_t *to,
                           const ti_http_request_t *request, apr_pool_t *p)
{
    apr_status_t rv;

    if (strstr(request->form, "token=slow-") != NULL) {
        __atomic_add_fetch(&waiting, 1, __ATOMIC_RELAXED);
        comes_true(is_released);
    }
    rv = exchange(http, to, request, p);
    if (strstr(request->form, "token=hot") != NULL) {
        to->status = __atomic_load_n(&hot_status, __ATOMIC_RELAXED);
        __atomic_add_fetch(&hot_asks, 1, __ATOMIC_RELAXED);
    }
    return rv;
}

static ti_http_t answering = {answer, NULL};

static apr_time_t moment_now(void)
{
    return __atomic_load_n(&moment, __ATOMIC_RELAXED);
}

static void move_to(apr_time_t then)
{
    now = then;
    __atomic_store_n(&moment, then, __ATOMIC_RELAXED);
}

static int all_asked(void)
{
    return __atomic_load_n(&asks, __ATOMIC_RELAXED) >= wanted;
}

static int waited_for(int count)
{
    wanted = count;
    return comes_true(all_asked);
}

static int asked_about_hot(void)
{
    return __atomic_load_n(&hot_asks, __ATOMIC_RELAXED);
}

static int hot_is_asked_about_when_hit(void)
{
    verify("hot");
    return asked_about_hot() >= wanted;
}

static int threads_are_stuck(void)
{
    return __atomic_load_n(&waiting, __ATOMIC_RELAXED) >= wanted;
}

static void add_as(const char *token, const ti_key_t *key)
{
    ti_question_t question = {.server = server,
                              .policy = &policy,
                              .token = token,
                              .length = strlen(token),
                              .p = pool};

    question.key = *key;
    ti_refresher_add(world.refresher, &world, &question, now);
}

static void add(const char *token)
{
    ti_key_t key = key_of(token);

    add_as(token, &key);
}

static int hot_is_asked_about_when_added(void)
{
    add("hot");
    return asked_about_hot() >= wanted;
}

static void refresher_open(void)
{
    world_open();
    arm();
    threads_made = 0;
    threads_denied = 0;
    held = 0;
    waiting = 0;
    hot_asks = 0;
    hot_status = 200;
    move_to(START);
    world.clock = moment_now;
    world.steady = moment_now;
    world.http = &answering;
    world.cache = NULL; /* nothing stands in the way of a renewal */
    server->outlives_requests = 1;
    ck_assert_int_eq(
        ti_refresher_create(&world.refresher, ti_verify_refresh, pool),
        APR_SUCCESS);
}

/* Questions about this many tokens, of which some hold all threads. */
static void hold_threads(void)
{
    char token[20];
    int i;

    __atomic_store_n(&held, 1, __ATOMIC_RELEASE);
    for (i = 0; i < CROWD; i++) {
        snprintf(token, sizeof(token), "slow-%d", i);
        add(token);
    }
    wanted = 4;
    ck_assert(comes_true(threads_are_stuck));
}

static void release_threads(void)
{
    __atomic_store_n(&held, 0, __ATOMIC_RELEASE);
}

START_TEST(threads_do_not_come_and_go)
{
    char token[20];
    int i;

    for (i = 1; i <= RENEWALS; i++) {
        snprintf(token, sizeof(token), "token-%d", i);
        add(token);
        ck_assert(waited_for(i));
    }
    ck_assert_int_le(threads_made, CROWD);
}
END_TEST

START_TEST(many_lives_with_all_threads_begin_and_end_well)
{
    ti_refresher_t *usual = world.refresher;
    apr_pool_t *life;
    int i;

    for (i = 1; i <= LIVES; i++) {
        apr_pool_create(&life, pool);
        ck_assert_int_eq(
            ti_refresher_create(&world.refresher, ti_verify_refresh, life),
            APR_SUCCESS);
        waiting = 0;
        hold_threads();
        release_threads();
        ck_assert(waited_for(i * CROWD));
        apr_pool_destroy(life);
    }
    world.refresher = usual;
}
END_TEST

START_TEST(where_no_thread_can_be_had_a_renewal_waits_for_the_next)
{
    mallopt(M_PERTURB, 0xa5); /* what is used after it was given back shows */
    threads_denied = 1;
    add("hot");
    threads_denied = 0;
    add("other");
    ck_assert(waited_for(2));
    ck_assert_int_eq(asked_about_hot(), 1);
}
END_TEST

START_TEST(a_token_is_in_hand_once_while_all_threads_are_busy)
{
    int i;

    world.cache = &cache_array;
    verify("hot");
    move_to(START + DUE);
    hold_threads();
    __atomic_store_n(&hot_status, 500, __ATOMIC_RELAXED);
    for (i = 0; i < HITS; i++) {
        ck_assert_int_eq(verify("hot"), TI_GRANTED);
    }
    add("last");
    release_threads();
    ck_assert(waited_for(1 + CROWD + 2));
    ck_assert_int_eq(asked_about_hot(), 2);
}
END_TEST

START_TEST(a_token_whose_renewal_failed_is_left_alone_and_then_tried_again)
{
    int i;

    world.cache = &cache_array;
    verify("hot");
    move_to(START + DUE);
    __atomic_store_n(&hot_status, 500, __ATOMIC_RELAXED);
    wanted = 2;
    ck_assert(comes_true(hot_is_asked_about_when_hit));
    for (i = 0; i < HITS; i++) {
        ck_assert_int_eq(verify("hot"), TI_GRANTED);
    }
    add("other");
    ck_assert(waited_for(3));
    ck_assert_int_eq(asked_about_hot(), 2);
    move_to(now + TI_REFRESH_PAUSE);
    wanted = 3;
    ck_assert(comes_true(hot_is_asked_about_when_hit));
}
END_TEST

START_TEST(after_a_renewal_that_went_well_the_next_need_not_wait)
{
    wanted = 1;
    ck_assert(comes_true(hot_is_asked_about_when_added));
    wanted = 2;
    ck_assert(comes_true(hot_is_asked_about_when_added));
}
END_TEST

START_TEST(no_token_is_in_hand_for_ever)
{
    int before;

    hold_threads();
    before = threads_made;
    add("hot");
    move_to(START + SECONDS(11));
    add("hot");
    release_threads();
    ck_assert(waited_for(CROWD + 2));
    ck_assert_int_eq(asked_about_hot(), 2);
    ck_assert_int_eq(threads_made, before);
}
END_TEST

START_TEST(a_clock_that_begins_anew_keeps_no_token_from_renewal)
{
    hold_threads();
    add("hot");
    move_to(START - SECONDS(100));
    add("hot");
    release_threads();
    ck_assert(waited_for(CROWD + 2));
    ck_assert_int_eq(asked_about_hot(), 2);
}
END_TEST

START_TEST(two_tokens_that_meet_in_one_place_are_both_renewed)
{
    ti_key_t one = key_of("one");
    ti_key_t other = one;
    int i;

    other.bytes[4] ^= 1; /* another name in the same place */
    for (i = 0; i < 10; i++) {
        hold_threads();
        add_as("one", &one);
        add_as("other", &other);
        release_threads();
        ck_assert(waited_for((i + 1) * (CROWD + 2)));
        move_to(now + SECONDS(11)); /* may be in hand still */
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("refresher");
    TCase *one = tcase_create("refresher");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, refresher_open, NULL);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, threads_do_not_come_and_go);
    tcase_add_test(one, many_lives_with_all_threads_begin_and_end_well);
    tcase_add_test(one,
                   where_no_thread_can_be_had_a_renewal_waits_for_the_next);
    tcase_add_test(one, a_token_is_in_hand_once_while_all_threads_are_busy);
    tcase_add_test(
        one, a_token_whose_renewal_failed_is_left_alone_and_then_tried_again);
    tcase_add_test(one, after_a_renewal_that_went_well_the_next_need_not_wait);
    tcase_add_test(one, no_token_is_in_hand_for_ever);
    tcase_add_test(one, a_clock_that_begins_anew_keeps_no_token_from_renewal);
    tcase_add_test(one, two_tokens_that_meet_in_one_place_are_both_renewed);
    suite_add_tcase(all, one);
    return all;
}
