/* SPDX-License-Identifier: Apache-2.0
 *
 * How long an answer serves: caps, exp, what a place demands, and what serves
 * on while nobody can be asked.
 */
#include "fake.h"

/* Ask now; nonzero: the server was asked for it. */
static int asked(void)
{
    int before = asks;

    ck_assert_int_eq(verify("token"), TI_GRANTED);
    return asks - before;
}

/* An answer from START whose cap of 60 s is over, and a server that is down. */
static void outlive(const char *body, apr_interval_time_t stale)
{
    server->stale_if_error = stale;
    answers(200, body);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    now = START + SECONDS(60);
    fails(TI_HTTP_CONNECT);
}

START_TEST(an_answer_is_remembered_up_to_its_cap)
{
    ck_assert_int_eq(asked(), 1);
    now = START + SECONDS(60) - 1;
    ck_assert_int_eq(asked(), 0);
    now = START + SECONDS(60);
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(an_answer_is_never_remembered_beyond_exp)
{
    answers(200, "{\"active\":true,\"exp\":1002}");
    ck_assert_int_eq(asked(), 1);
    now = START + SECONDS(2) - 1;
    ck_assert_int_eq(asked(), 0);
    now = START + SECONDS(2);
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(an_answer_that_has_expired_within_leeway_is_not_remembered)
{
    answers(200, "{\"active\":true,\"exp\":1000}");
    ck_assert_int_eq(asked(), 1);
    ck_assert_int_eq(asked(), 1);
    now++;
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(an_expired_active_answer_is_refused)
{
    answers(200, "{\"active\":true,\"exp\":940}");
    ck_assert_int_eq(verify("token"), TI_REJECTED);
    ck_assert_int_eq(verify("token"), TI_REJECTED);
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(without_an_expiry_the_cap_bounds)
{
    answers(200, "{\"active\":true,\"exp\":0}");
    ck_assert_int_eq(asked(), 1);
    now = START + SECONDS(60);
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(a_huge_expiry_does_not_lengthen_the_cap)
{
    answers(200, "{\"active\":true,\"exp\":1e300}");
    ck_assert_int_eq(asked(), 1);
    now = START + SECONDS(60);
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(a_cap_of_zero_neither_reads_nor_writes)
{
    ck_assert_int_eq(asked(), 1);
    server->tokens = NULL;
    server->cache_max_age = 0;
    ck_assert_int_eq(asked(), 1);
    cells_used = 0;
    ck_assert_int_eq(asked(), 1);
    ck_assert_int_eq(cells_used, 0);
}
END_TEST

START_TEST(a_negative_cap_of_zero_keeps_no_refusal)
{
    server->negative_max_age = 0;
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(a_refusal_that_is_not_kept_ends_an_older_yes)
{
    server->negative_max_age = 0;
    answers(200, "{\"active\":true}");
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    policy.max_age = 0;
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    policy.max_age = -1;
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
}
END_TEST

START_TEST(a_negative_cap_holds_though_nothing_else_is_remembered)
{
    server->cache_max_age = 0;
    answers(200, "{\"active\":false}");
    verify("token");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(a_place_that_always_asks_reads_nothing_but_writes_for_others)
{
    ck_assert_int_eq(asked(), 1);
    policy.max_age = 0;
    ck_assert_int_eq(asked(), 1);
    ck_assert_int_eq(asked(), 1);
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    policy.max_age = -1;
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(result.source, TI_SOURCE_REMEMBERED);
}
END_TEST

START_TEST(a_place_takes_no_older_answer_than_it_demands)
{
    ck_assert_int_eq(asked(), 1);
    policy.max_age = SECONDS(5);
    now = START + SECONDS(5) - 1;
    ck_assert_int_eq(asked(), 0);
    now = START + SECONDS(5);
    ck_assert_int_eq(asked(), 1);
    policy.max_age = -1;
    now += SECONDS(59);
    ck_assert_int_eq(asked(), 0);
}
END_TEST

START_TEST(in_trouble_an_older_answer_serves_on_for_so_long)
{
    outlive("{\"active\":true}", SECONDS(30));
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    ck_assert_int_eq(result.source, TI_SOURCE_STALE);
    ck_assert_ptr_nonnull(result.claims);
    now = START + SECONDS(90) - 1;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    now = START + SECONDS(90);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    ck_assert_ptr_null(result.claims);
}
END_TEST

START_TEST(nothing_serves_on_unless_that_is_set)
{
    outlive("{\"active\":true}", 0);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(an_older_answer_never_serves_beyond_exp)
{
    outlive("{\"active\":true,\"exp\":1070}", SECONDS(30));
    now = START + SECONDS(70) - 1;
    ck_assert_int_eq(verify("token"), TI_GRANTED);
    now = START + SECONDS(70);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(what_another_place_keeps_for_trouble_serves_nobody_else)
{
    outlive("{\"active\":true}", SECONDS(600));
    now += SECONDS(10);
    server->stale_if_error = 0;
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    server->stale_if_error = SECONDS(600);
    ck_assert_int_eq(verify("token"), TI_GRANTED);
}
END_TEST

START_TEST(what_ends_while_its_server_is_asked_does_not_serve_on)
{
    outlive("{\"active\":true,\"exp\":1062}", SECONDS(60));
    now = START + SECONDS(61);
    reply_takes = SECONDS(3);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(an_older_refusal_does_not_serve_on)
{
    server->stale_if_error = SECONDS(30);
    answers(200, "{\"active\":false}");
    verify("token");
    now = START + SECONDS(15);
    fails(TI_HTTP_CONNECT);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(nothing_serves_on_where_a_fresh_answer_is_demanded)
{
    outlive("{\"active\":true}", SECONDS(30));
    policy.max_age = 0;
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
    policy.max_age = SECONDS(60);
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(an_older_answer_serves_on_only_where_policy_is_met)
{
    outlive("{\"active\":true,\"iss\":\"a\"}", SECONDS(30));
    policy.issuer = "b";
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(a_no_of_the_server_ends_what_would_serve_on)
{
    outlive("{\"active\":true}", SECONDS(30));
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    fails(TI_HTTP_CONNECT);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
}
END_TEST

START_TEST(refused_credentials_are_not_covered_by_an_older_answer)
{
    outlive("{\"active\":true}", SECONDS(30));
    answers(401, "");
    ck_assert_int_eq(verify("token"), TI_MISCONFIGURED);
}
END_TEST

START_TEST(the_life_of_an_answer_begins_when_it_was_asked_for)
{
    reply_takes = SECONDS(3);
    ck_assert_int_eq(asked(), 1);
    reply_takes = 0;
    ck_assert(result.answered == START);
    now = START + SECONDS(60) - 1;
    ck_assert_int_eq(asked(), 0);
    now = START + SECONDS(60);
    ck_assert_int_eq(asked(), 1);
}
END_TEST

/* What another machine has stored since. */
static ti_entry_t behind;
static int behind_looks;

static apr_status_t younger(ti_cache_t *cache, ti_entry_t *entry,
                            const ti_key_t *key, apr_time_t at, apr_pool_t *p)
{
    (void)cache;
    (void)key;
    (void)p;
    behind_looks++;
    if (at < behind.answered || at >= behind.expires ||
        behind.answered <= entry->answered) {
        return APR_NOTFOUND;
    }
    *entry = behind;
    return APR_SUCCESS;
}

static void look_behind(ti_kind_t kind, apr_time_t answered)
{
    static ti_cache_t deep = {fetch, store, younger, NULL, NULL};
    ti_entry_t entry = {kind, answered, answered + SECONDS(60), NULL, 0};

    if (kind == TI_KIND_CLAIMS) {
        const ti_claims_t *claims = claims_of("{\"sub\":\"younger\"}");

        entry.bytes = claims;
        entry.size = claims->size;
    }
    behind = entry;
    behind_looks = 0;
    world.cache = &deep;
}

START_TEST(a_revocation_behind_ends_what_would_serve_on)
{
    outlive("{\"active\":true}", SECONDS(30));
    look_behind(TI_KIND_INACTIVE, now - SECONDS(1));
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(result.source, TI_SOURCE_REMEMBERED);
    ck_assert_int_eq(asks, 1);
}
END_TEST

START_TEST(a_revocation_behind_that_is_too_old_to_serve_ends_it_as_well)
{
    outlive("{\"active\":true}", SECONDS(60));
    server->negative_max_age = SECONDS(5);
    look_behind(TI_KIND_INACTIVE, now - SECONDS(6));
    ck_assert_int_eq(verify("token"), TI_UNAVAILABLE);
}
END_TEST

START_TEST(nor_does_what_is_revoked_while_its_server_fails_serve_on)
{
    outlive("{\"active\":true}", SECONDS(30));
    look_behind(TI_KIND_INACTIVE, now + SECONDS(1));
    reply_takes = SECONDS(3);
    ck_assert_int_eq(verify("token"), TI_INACTIVE);
    ck_assert_int_eq(asks, 2);
}
END_TEST

START_TEST(what_is_fresh_behind_is_taken_before_anybody_is_asked)
{
    ck_assert_int_eq(asked(), 1);
    now = START + SECONDS(10);
    policy.max_age = SECONDS(5);
    look_behind(TI_KIND_CLAIMS, now - SECONDS(1));
    ck_assert_int_eq(asked(), 0);
    ck_assert_int_eq(behind_looks, 1);
    look_behind(TI_KIND_CLAIMS, START - SECONDS(1));
    ck_assert_int_eq(asked(), 1);
}
END_TEST

START_TEST(what_is_fresh_in_front_needs_no_look_behind)
{
    ck_assert_int_eq(asked(), 1);
    look_behind(TI_KIND_INACTIVE, now + 1);
    ck_assert_int_eq(asked(), 0);
    ck_assert_int_eq(behind_looks, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("fresh");
    TCase *one = tcase_create("fresh");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, world_open, NULL);
    tcase_add_test(one, a_revocation_behind_ends_what_would_serve_on);
    tcase_add_test(
        one, a_revocation_behind_that_is_too_old_to_serve_ends_it_as_well);
    tcase_add_test(one,
                   nor_does_what_is_revoked_while_its_server_fails_serve_on);
    tcase_add_test(one, what_is_fresh_behind_is_taken_before_anybody_is_asked);
    tcase_add_test(one, what_is_fresh_in_front_needs_no_look_behind);
    tcase_add_test(one, an_answer_is_remembered_up_to_its_cap);
    tcase_add_test(one, an_answer_is_never_remembered_beyond_exp);
    tcase_add_test(one,
                   an_answer_that_has_expired_within_leeway_is_not_remembered);
    tcase_add_test(one, an_expired_active_answer_is_refused);
    tcase_add_test(one, without_an_expiry_the_cap_bounds);
    tcase_add_test(one, a_huge_expiry_does_not_lengthen_the_cap);
    tcase_add_test(one, a_cap_of_zero_neither_reads_nor_writes);
    tcase_add_test(one, a_negative_cap_of_zero_keeps_no_refusal);
    tcase_add_test(one, a_refusal_that_is_not_kept_ends_an_older_yes);
    tcase_add_test(one, a_negative_cap_holds_though_nothing_else_is_remembered);
    tcase_add_test(
        one, a_place_that_always_asks_reads_nothing_but_writes_for_others);
    tcase_add_test(one, a_place_takes_no_older_answer_than_it_demands);
    tcase_add_test(one, in_trouble_an_older_answer_serves_on_for_so_long);
    tcase_add_test(one, nothing_serves_on_unless_that_is_set);
    tcase_add_test(one, an_older_answer_never_serves_beyond_exp);
    tcase_add_test(one,
                   what_another_place_keeps_for_trouble_serves_nobody_else);
    tcase_add_test(one, what_ends_while_its_server_is_asked_does_not_serve_on);
    tcase_add_test(one, an_older_refusal_does_not_serve_on);
    tcase_add_test(one, nothing_serves_on_where_a_fresh_answer_is_demanded);
    tcase_add_test(one, an_older_answer_serves_on_only_where_policy_is_met);
    tcase_add_test(one, a_no_of_the_server_ends_what_would_serve_on);
    tcase_add_test(one, refused_credentials_are_not_covered_by_an_older_answer);
    tcase_add_test(one, the_life_of_an_answer_begins_when_it_was_asked_for);
    suite_add_tcase(all, one);
    return all;
}
