/* SPDX-License-Identifier: Apache-2.0
 *
 * Floods, bursts and outages: how many good tokens get in, how soon, and what
 * the server has to bear. 100 workers, and a server that takes 20 ms.
 *
 * Not under valgrind.
 */
#include "crowd.h"

#include <stdio.h>

#define WORKERS 100
#define ONE 1
#define MANY 1000000
#define LONG 60

static ti_feedback_t flood_heard;
static apr_interval_time_t flood_time;
static int rounds;

/* What the flood's tokens are answered; others get good answers. */
static reply_t evil(const request_t *request)
{
    reply_t reply = {flood_heard, flood_time};

    return request->kind == FLOOD ? reply : well();
}

/* Good tokens from the beginning or later, known ones, and a flood. */
static void flood(ti_feedback_t feedback, apr_interval_time_t time,
                  apr_uint32_t addresses, double per_second, double later)
{
    crowd_open(WORKERS, evil);
    crowd.dice[1] = (unsigned short)rounds;
    flood_heard = feedback;
    flood_time = time;
    comes(GOOD, 0, START + 1000);
    stream(FLOOD, per_second, addresses, later > 0 ? 0 : 2, later + LONG);
    stream(GOOD, 2, 20, later, later + LONG);
    if (later == 0) {
        stream(KNOWN, 1, 20, 0, LONG);
    }
    play(later + LONG + 8);
}

/* So many of 100 good ones, and all known ones, at worst in three games. */
static void flood_leaves(ti_feedback_t feedback, apr_interval_time_t time,
                         apr_uint32_t addresses, double per_second, double good)
{
    for (rounds = 0; rounds < 3; rounds++) {
        flood(feedback, time, addresses, per_second, 0);
        printf("# %.1f good (p99 %d ms), %.1f known\n", served(GOOD, 0),
               (int)apr_time_as_msec(p99(GOOD)), served(KNOWN, 0));
        ck_assert(served(GOOD, 0) >= good);
        ck_assert(served(KNOWN, 0) >= 100);
        ck_assert(p99(GOOD) <= MSEC(1024));
        crowd_close();
    }
}

static reply_t always_well(const request_t *request)
{
    (void)request;
    return well();
}

START_TEST(a_burst_is_no_attack)
{
    static const int sizes[] = {100, 1000};
    apr_uint32_t addresses;
    int i;
    int n;

    for (i = 0; i < 2; i++) {
        for (addresses = 1; addresses <= 100; addresses += 99) {
            crowd_open(WORKERS, always_well);
            for (n = 0; n < sizes[i]; n++) {
                comes(GOOD, (apr_uint32_t)n % addresses, START + n);
            }
            play(10);
            printf("# %d from %u: %.1f\n", sizes[i], addresses,
                   served(GOOD, 0));
            ck_assert(served(GOOD, 0) >= 100);
            crowd_close();
        }
    }
}
END_TEST

START_TEST(a_burst_at_a_slow_server_is_served_too)
{
    crowd_open(200, evil);
    flood_heard = TI_FEEDBACK_ACTIVE;
    flood_time = SECOND * 2;
    stream(FLOOD, 100000, 100, 0, 0.001);
    play(20);
    ck_assert(served(FLOOD, 0) >= 86);
    crowd_close();
}
END_TEST

START_TEST(tokens_answered_500_take_nobody_with_them)
{
    flood_leaves(TI_FEEDBACK_TROUBLE, MSEC(20), ONE, 10, 95);
    flood_leaves(TI_FEEDBACK_TROUBLE, MSEC(20), MANY, 10, 95);
    flood_leaves(TI_FEEDBACK_TROUBLE, MSEC(20), ONE, 100, 95);
    flood_leaves(TI_FEEDBACK_TROUBLE, MSEC(20), MANY, 100, 95);
}
END_TEST

START_TEST(tokens_pushed_back_take_nobody_with_them)
{
    flood_leaves(TI_FEEDBACK_OVERLOAD, MSEC(20), ONE, 10, 95);
    flood_leaves(TI_FEEDBACK_OVERLOAD, MSEC(20), MANY, 10, 95);
}
END_TEST

START_TEST(tokens_answered_500_after_two_seconds_take_nobody_with_them)
{
    flood_leaves(TI_FEEDBACK_TROUBLE, SECOND * 2, ONE, 10, 95);
    flood_leaves(TI_FEEDBACK_TROUBLE, SECOND * 2, MANY, 10, 95);
}
END_TEST

START_TEST(tokens_that_hang_take_nobody_with_them)
{
    flood_leaves(TI_FEEDBACK_TIMEOUT, NEVER, ONE, 10, 95);
    flood_leaves(TI_FEEDBACK_TIMEOUT, NEVER, MANY, 10, 95);
}
END_TEST

START_TEST(nor_when_they_had_the_server_for_themselves)
{
    for (rounds = 0; rounds < 3; rounds++) {
        flood(TI_FEEDBACK_TIMEOUT, NEVER, MANY, 10, 20);
        printf("# hang alone many %.1f\n", served(GOOD, 20));
        ck_assert(served(GOOD, 20) >= 90);
        crowd_close();
        flood(TI_FEEDBACK_TIMEOUT, NEVER, ONE, 10, 20);
        printf("# hang alone one %.1f\n", served(GOOD, 20));
        ck_assert(served(GOOD, 20) >= 90);
        crowd_close();
        flood(TI_FEEDBACK_TROUBLE, MSEC(20), MANY, 100, 20);
        printf("# 500 alone many %.1f\n", served(GOOD, 20));
        ck_assert(served(GOOD, 20) >= 90);
        crowd_close();
    }
}
END_TEST

/* 9 of 10 hang, the tenth is inactive after 0.9 s. */
static reply_t hangs_mostly(const request_t *request)
{
    static const reply_t slow = {TI_FEEDBACK_INACTIVE, 900000};
    static const reply_t hung = {TI_FEEDBACK_TIMEOUT, NEVER};

    if (request->kind != FLOOD) {
        return well();
    }
    return dice() < 0.1 ? slow : hung;
}

START_TEST(slow_inactive_answers_do_not_take_the_hurry_away)
{
    for (rounds = 0; rounds < 3; rounds++) {
        crowd_open(WORKERS, hangs_mostly);
        crowd.dice[1] = (unsigned short)rounds;
        stream(FLOOD, 10, MANY, 2, LONG);
        stream(GOOD, 2, 20, 0, LONG);
        play(LONG + 8);
        printf("# %.1f\n", served(GOOD, 0));
        ck_assert(served(GOOD, 0) >= 95);
        crowd_close();
    }
}
END_TEST

static reply_t slow_at_times(const request_t *request)
{
    static const reply_t slow = {TI_FEEDBACK_ACTIVE, 1500000};
    static const reply_t hung = {TI_FEEDBACK_TIMEOUT, NEVER};

    if (request->kind == FLOOD) {
        return hung;
    }
    return dice() < 0.2 ? slow : well();
}

START_TEST(nor_are_good_answers_that_are_slow_at_times_lost)
{
    for (rounds = 0; rounds < 3; rounds++) {
        crowd_open(WORKERS, slow_at_times);
        crowd.dice[1] = (unsigned short)rounds;
        stream(FLOOD, 10, MANY, 2, LONG);
        stream(GOOD, 2, 20, 0, LONG);
        play(LONG + 8);
        printf("# %.1f\n", served(GOOD, 0));
        ck_assert(served(GOOD, 0) >= 85);
        crowd_close();
    }
}
END_TEST

/* 429 above 100 a second. */
static double tokens_left;
static apr_time_t filled;
static reply_t limited(const request_t *request)
{
    static const reply_t pushed = {TI_FEEDBACK_OVERLOAD, 3000};

    (void)request;
    tokens_left += (double)(crowd.now - filled) / 1e4;
    tokens_left = tokens_left < 100 ? tokens_left : 100;
    filled = crowd.now;
    if (tokens_left < 1) {
        return pushed;
    }
    tokens_left -= 1;
    return well();
}

START_TEST(one_address_does_not_use_up_a_servers_limit)
{
    for (rounds = 0; rounds < 3; rounds++) {
        crowd_open(WORKERS, limited);
        crowd.dice[1] = (unsigned short)rounds;
        filled = START;
        tokens_left = 100;
        stream(FLOOD, 500, ONE, 2, 30);
        stream(GOOD, 20, 20, 0, 30);
        play(40);
        printf("# %.1f\n", served(GOOD, 0));
        ck_assert(served(GOOD, 0) >= 90);
        crowd_close();
    }
}
END_TEST

/* 503 above eight at once. */
static reply_t small(const request_t *request)
{
    static const reply_t pushed = {TI_FEEDBACK_OVERLOAD, 3000};

    (void)request;
    return crowd.under_way > 8 ? pushed : well();
}

START_TEST(a_small_server_is_asked_as_much_as_it_bears)
{
    for (rounds = 0; rounds < 3; rounds++) {
        crowd_open(WORKERS, small);
        crowd.dice[1] = (unsigned short)rounds;
        stream(GOOD, 300, 100, 0, 30);
        play(40);
        printf("# %.1f\n", served(GOOD, 0));
        ck_assert(served(GOOD, 0) >= 93);
        crowd_close();
    }
}
END_TEST

START_TEST(known_tokens_of_a_thousand_addresses_leave_room_for_new_ones)
{
    for (rounds = 0; rounds < 3; rounds++) {
        crowd_open(WORKERS, always_well);
        crowd.dice[1] = (unsigned short)rounds;
        stream(KNOWN, 3000, 1000, 1, 21);
        stream(GOOD, 5, 20, 0, 21);
        play(30);
        printf("# %.1f\n", served(GOOD, 1));
        ck_assert(served(GOOD, 1) >= 75);
        crowd_close();
    }
}
END_TEST

/* ---- outages, from 10 s to 40 s -------------------------------------------
 */

static reply_t down(const request_t *request)
{
    reply_t reply = {flood_heard, flood_time};

    (void)request;
    return crowd.now >= START + 10 * SECOND && crowd.now < crowd.back ? reply
                                                                      : well();
}

/* The server may be asked so often; one worker of four is held. */
static void outage(ti_feedback_t feedback, apr_interval_time_t time,
                   double per_second, double bears)
{
    for (rounds = 0; rounds < 3; rounds++) {
        crowd_open(WORKERS, down);
        crowd.dice[1] = (unsigned short)rounds;
        flood_heard = feedback;
        flood_time = time;
        crowd.watch = START + 17 * SECOND;
        crowd.back = START + 40 * SECOND;
        stream(GOOD, per_second, 50, 0, LONG);
        stream(KNOWN, 5, 20, 0, LONG);
        play(LONG + 8);
        printf("# heard %d, %.0f/s: asked %.1f/s, back after %d ms, held %u\n",
               feedback, per_second, asked(12, 40),
               (int)apr_time_as_msec(crowd.first_served[0] - crowd.back),
               crowd.held_most);
        ck_assert(asked(12, 40) <= bears);
        ck_assert(crowd.first_served[0] > 0);
        ck_assert(crowd.first_served[0] - crowd.back <= MSEC(500));
        ck_assert_uint_le(crowd.held_most, WORKERS / 4);
        ck_assert(served(GOOD, 42) >= 100);
        crowd_close();
    }
}

START_TEST(a_dead_server_is_asked_four_times_a_second)
{
    outage(TI_FEEDBACK_UNSENT, 500, 200, 5);
    outage(TI_FEEDBACK_UNSENT, 500, 20, 5);
}
END_TEST

START_TEST(a_server_that_hangs_is_asked_little_more)
{
    outage(TI_FEEDBACK_TIMEOUT, NEVER, 200, 8);
    outage(TI_FEEDBACK_TIMEOUT, NEVER, 20, 8);
}
END_TEST

START_TEST(a_server_with_errors_only_is_asked_in_moderation)
{
    outage(TI_FEEDBACK_TROUBLE, MSEC(20), 200, 50);
    outage(TI_FEEDBACK_OVERLOAD, MSEC(5), 200, 50);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("crowds");
    TCase *one = tcase_create("crowds");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    setvbuf(stdout, NULL, _IOLBF, 0);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, a_burst_is_no_attack);
    tcase_add_test(one, a_burst_at_a_slow_server_is_served_too);
    tcase_add_test(one, tokens_answered_500_take_nobody_with_them);
    tcase_add_test(one, tokens_pushed_back_take_nobody_with_them);
    tcase_add_test(one,
                   tokens_answered_500_after_two_seconds_take_nobody_with_them);
    tcase_add_test(one, tokens_that_hang_take_nobody_with_them);
    tcase_add_test(one, nor_when_they_had_the_server_for_themselves);
    tcase_add_test(one, slow_inactive_answers_do_not_take_the_hurry_away);
    tcase_add_test(one, nor_are_good_answers_that_are_slow_at_times_lost);
    tcase_add_test(one, one_address_does_not_use_up_a_servers_limit);
    tcase_add_test(one, a_small_server_is_asked_as_much_as_it_bears);
    tcase_add_test(
        one, known_tokens_of_a_thousand_addresses_leave_room_for_new_ones);
    tcase_add_test(one, a_dead_server_is_asked_four_times_a_second);
    tcase_add_test(one, a_server_that_hangs_is_asked_little_more);
    tcase_add_test(one, a_server_with_errors_only_is_asked_in_moderation);
    suite_add_tcase(all, one);
    return all;
}
