/* SPDX-License-Identifier: Apache-2.0
 *
 * Key sets and metadata in the cache: how long a failed fetch counts.
 */
#include "tap.h"

#include "fake.h"

#include "ask/document.h"
#include "cache/tiers.h"

static ti_outcome_t outcome;

static apr_status_t fetch_none(ti_cache_t *cache, ti_entry_t *entry,
                               const ti_key_t *key, apr_time_t at,
                               apr_pool_t *p)
{
    (void)cache;
    (void)key;
    (void)at;
    (void)p;
    memset(entry, 0, sizeof(*entry));
    return APR_NOTFOUND;
}

static apr_status_t store_none(ti_cache_t *cache, const ti_key_t *key,
                               const ti_entry_t *entry, apr_time_t at,
                               apr_pool_t *p)
{
    (void)cache;
    (void)key;
    (void)entry;
    (void)at;
    (void)p;
    return APR_EGENERAL;
}

static ti_cache_t store_is_down = {fetch_none, store_none, NULL, NULL, NULL};

static void open_server(void)
{
    world_open();
    server->jwks_url = "https://as.example/jwks";
    server->discovery = "https://as.example";
    arm();
    fails(TI_HTTP_CONNECT);
}

/* Each document in turn; nonzero: it is there. */
static int get(int which)
{
    ti_question_t question = {0};

    question.server = server;
    question.policy = &policy;
    question.p = pool;
    switch (which) {
    case 0:
        ti_document_keys(&outcome, &world, &question);
        break;
    case 1:
        ti_document_newer_keys(&outcome, &world, &question, START - 1);
        break;
    default:
        ti_document_metadata(&outcome, &world, &question, 0);
    }
    return outcome.kind == TI_KIND_DOCUMENT;
}

static void recovers_after_its_pause(int which)
{
    int before;

    ck_assert(!get(which));
    before = asks;
    now += TI_RETRY_AFTER - 1;
    ck_assert(!get(which));
    ck_assert_int_eq(asks, before);
    ck_assert_int_le(outcome.retry_after, TI_RETRY_AFTER);

    answers(200, which < 2 ? "{\"keys\":[]}"
                           : "{\"issuer\":\"https://as.example\"}");
    now++;
    ck_assert(get(which));
    ck_assert_int_gt(asks, before);
    before = asks;
    ck_assert(get(which));
    ck_assert_int_eq(asks, before);
}

START_TEST(a_failed_fetch_is_tried_again_after_its_pause)
{
    recovers_after_its_pause(_i);
}
END_TEST

START_TEST(a_store_that_is_down_makes_the_pause_no_longer)
{
    world.cache = ti_tiers_cache(&cache_array, &store_is_down, pool);
    recovers_after_its_pause(_i);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("document");
    TCase *tc = tcase_create("document");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_checked_fixture(tc, open_server, NULL);
    tcase_add_loop_test(tc, a_failed_fetch_is_tried_again_after_its_pause, 0,
                        3);
    tcase_add_loop_test(tc, a_store_that_is_down_makes_the_pause_no_longer, 0,
                        3);
    suite_add_tcase(s, tc);
    return s;
}
