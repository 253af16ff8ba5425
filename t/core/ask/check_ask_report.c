/* SPDX-License-Identifier: Apache-2.0
 *
 * What a question tells the breaker of its endpoint.
 */
#include "fake.h"

#include "traffic/breaker.h"

#define ROUNDS 40

static void breaker_open(void)
{
    ti_key_t identity = {{1}};

    ck_assert_int_eq(ti_breakers_open(&world.breakers,
                                      shared_open(ti_breakers_size()), 1, pool),
                     APR_SUCCESS);
    ck_assert_int_eq(
        ti_breaker_find(world.breakers, &identity, &server->health[0]),
        APR_SUCCESS);
}

/* A new breaker that failures have shut: for how long. */
static apr_interval_time_t pause_after_failures(void)
{
    ti_breaker_state_t state;
    int i;

    breaker_open();
    for (i = 0; i < TI_BREAKER_FAILURES; i++) {
        verify(apr_psprintf(pool, "token-%d", i));
    }
    ti_breaker_state(world.breakers, server->health[0], now, &state);
    ck_assert_int_eq(state.gate, TI_GATE_SHUT);
    return state.shut_for;
}

START_TEST(pauses_of_breakers_are_not_all_of_one_length)
{
    apr_interval_time_t shortest = APR_INT64_MAX;
    apr_interval_time_t longest = 0;
    int i;

    fails(TI_HTTP_CONNECT);
    for (i = 0; i < ROUNDS; i++) {
        apr_interval_time_t pause = pause_after_failures();

        shortest = pause < shortest ? pause : shortest;
        longest = pause > longest ? pause : longest;
    }
    ck_assert(shortest >= TI_BREAKER_FIRST * 8 / 10);
    ck_assert(longest <= TI_BREAKER_FIRST * 12 / 10);
    ck_assert(longest - shortest > TI_BREAKER_FIRST / 20);
}
END_TEST

/* An exchange that takes long; meanwhile another question comes. */
static ti_gate_t gate_of_another;

static apr_status_t exchange_slowly(ti_http_t *http, ti_http_response_t *answer,
                                    const ti_http_request_t *request,
                                    apr_pool_t *p)
{
    ti_breaker_ask_t ask = {0};
    apr_interval_time_t wait;

    now += SECONDS(30);
    ask.now = now;
    gate_of_another =
        ti_breaker_ask(world.breakers, server->health[0], &ask, &wait);
    return exchange(http, answer, request, p);
}

START_TEST(while_a_long_probe_runs_no_other_begins)
{
    ti_http_t slow = {exchange_slowly, NULL};

    server->timeout = SECONDS(60);
    server->connect_timeout = SECONDS(60);
    fails(TI_HTTP_CONNECT);
    now += 2 * pause_after_failures();
    world.http = &slow;
    asks = 0;
    gate_of_another = TI_GATE_OPEN;
    verify("probe");
    ck_assert_int_eq(asks, 1);
    ck_assert_int_eq(gate_of_another, TI_GATE_SHUT);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("report");
    TCase *one = tcase_create("report");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, world_open, NULL);
    tcase_add_test(one, pauses_of_breakers_are_not_all_of_one_length);
    tcase_add_test(one, while_a_long_probe_runs_no_other_begins);
    suite_add_tcase(all, one);
    return all;
}
