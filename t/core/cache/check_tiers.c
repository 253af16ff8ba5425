/* SPDX-License-Identifier: Apache-2.0
 *
 * One cache in front of another: each of one entry, and obedient.
 */
#include "cache/tiers.h"

#include <string.h>

#include "shared.h"

#define SECONDS(n) apr_time_from_sec(n)
#define NOW SECONDS(1000)

typedef struct fake_t {
    ti_cache_t cache;
    ti_entry_t entry; /* of whatever key */
    int fetches;
    int stores;
    apr_status_t fails;      /* what it answers instead; 0: nothing */
    void (*meanwhile)(void); /* happens while it is read */
} fake_t;

static fake_t front;
static fake_t back;
static ti_cache_t *tiers;
static ti_key_t key;
static ti_entry_t found;

static apr_status_t fetch(ti_cache_t *cache, ti_entry_t *entry,
                          const ti_key_t *k, apr_time_t now, apr_pool_t *p)
{
    fake_t *fake = cache->self;

    (void)p;
    ck_assert(ti_key_same(k, &key, sizeof(key)));
    fake->fetches++;
    memset(entry, 0, sizeof(*entry));
    if (fake->meanwhile != NULL) {
        fake->meanwhile();
    }
    if (fake->fails != APR_SUCCESS) {
        return fake->fails;
    }
    if (now >= fake->entry.expires) {
        return APR_NOTFOUND;
    }
    *entry = fake->entry;
    return APR_SUCCESS;
}

static apr_status_t store(ti_cache_t *cache, const ti_key_t *k,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p)
{
    fake_t *fake = cache->self;

    (void)now;
    (void)p;
    ck_assert(ti_key_same(k, &key, sizeof(key)));
    fake->stores++;
    if (fake->fails != APR_SUCCESS) {
        return fake->fails;
    }
    if (fake->entry.answered > entry->answered) {
        return APR_EEXIST;
    }
    fake->entry = *entry;
    return APR_SUCCESS;
}

static void fake_open(fake_t *fake)
{
    memset(fake, 0, sizeof(*fake));
    fake->cache.fetch = fetch;
    fake->cache.store = store;
    fake->cache.self = fake;
}

static void tiers_open(void)
{
    pool_open();
    fake_open(&front);
    fake_open(&back);
    key = key_of("a");
    tiers = ti_tiers_cache(&front.cache, &back.cache, pool);
}

static ti_entry_t yes(apr_time_t answered)
{
    ti_entry_t entry = {TI_KIND_CLAIMS, answered, answered + SECONDS(60), "y",
                        1};

    return entry;
}

static ti_entry_t no(apr_time_t answered)
{
    ti_entry_t entry = {TI_KIND_INACTIVE, answered, answered + SECONDS(15),
                        NULL, 0};

    return entry;
}

static apr_status_t look(apr_time_t now)
{
    return tiers->fetch(tiers, &found, &key, now, pool);
}

static apr_status_t keep(ti_entry_t entry)
{
    return tiers->store(tiers, &key, &entry, entry.answered, pool);
}

START_TEST(what_is_in_front_is_found_without_looking_behind)
{
    front.entry = yes(NOW);
    back.entry = no(NOW);
    ck_assert_int_eq(look(NOW), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_CLAIMS);
    ck_assert_int_eq(back.fetches, 0);
    ck_assert_int_eq(front.stores, 0);
}
END_TEST

START_TEST(what_is_behind_is_found_and_put_in_front)
{
    back.entry = yes(NOW);
    ck_assert_int_eq(look(NOW + 1), APR_SUCCESS);
    ck_assert(found.answered == NOW);
    ck_assert_int_eq(front.entry.kind, TI_KIND_CLAIMS);
    ck_assert(front.entry.answered == NOW);
    ck_assert(front.entry.expires == NOW + SECONDS(60));
    ck_assert_int_eq(look(NOW + 2), APR_SUCCESS);
    ck_assert_int_eq(back.fetches, 1);
    ck_assert_int_eq(back.stores, 0);
}
END_TEST

START_TEST(what_is_in_neither_is_a_miss)
{
    ck_assert_int_eq(look(NOW), APR_NOTFOUND);
    ck_assert_int_eq(found.kind, TI_KIND_NONE);
    ck_assert_int_eq(front.stores, 0);
}
END_TEST

START_TEST(a_failing_cache_behind_is_told_and_gives_nothing)
{
    back.entry = yes(NOW);
    back.fails = APR_TIMEUP;
    ck_assert_int_eq(look(NOW), APR_TIMEUP);
    ck_assert_int_eq(found.kind, TI_KIND_NONE);
    ck_assert_int_eq(front.stores, 0);
}
END_TEST

START_TEST(a_failing_cache_in_front_hides_nothing_behind)
{
    back.entry = yes(NOW);
    front.fails = APR_EGENERAL;
    ck_assert_int_eq(look(NOW), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_CLAIMS);
}
END_TEST

static void learn_no(void)
{
    front.entry = no(NOW + SECONDS(2));
}

START_TEST(an_older_yes_from_behind_does_not_replace_a_no_learned_meanwhile)
{
    back.entry = yes(NOW);
    back.meanwhile = learn_no;
    ck_assert_int_eq(look(NOW + SECONDS(2)), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_INACTIVE);
    ck_assert_int_eq(front.entry.kind, TI_KIND_INACTIVE);
}
END_TEST

static void learn_old_no(void)
{
    front.entry = no(NOW - SECONDS(2));
}

START_TEST(an_older_yes_from_behind_does_not_come_back_after_a_no_that_is_over)
{
    front.entry = no(NOW + SECONDS(1));
    back.entry = yes(NOW);
    ck_assert_int_eq(look(NOW + SECONDS(20)), APR_NOTFOUND);
    ck_assert_int_eq(found.kind, TI_KIND_NONE);
    ck_assert_int_eq(back.fetches, 1);
}
END_TEST

START_TEST(an_answer_older_than_what_is_in_front_is_not_stored_behind)
{
    front.entry = no(NOW + 1);
    ck_assert_int_eq(keep(yes(NOW)), APR_EEXIST);
    ck_assert_int_eq(back.stores, 0);
}
END_TEST

START_TEST(a_newer_yes_from_behind_replaces_an_older_no)
{
    back.entry = yes(NOW);
    back.meanwhile = learn_old_no;
    ck_assert_int_eq(look(NOW), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_CLAIMS);
    ck_assert_int_eq(front.entry.kind, TI_KIND_CLAIMS);
}
END_TEST

START_TEST(what_is_stored_is_stored_in_both)
{
    ck_assert_int_eq(keep(yes(NOW)), APR_SUCCESS);
    ck_assert_int_eq(front.entry.kind, TI_KIND_CLAIMS);
    ck_assert_int_eq(back.entry.kind, TI_KIND_CLAIMS);
    ck_assert_int_eq(keep(no(NOW + 1)), APR_SUCCESS);
    ck_assert_int_eq(front.entry.kind, TI_KIND_INACTIVE);
    ck_assert_int_eq(back.entry.kind, TI_KIND_INACTIVE);
    ck_assert(front.entry.expires == NOW + 1 + SECONDS(15));
}
END_TEST

START_TEST(a_failure_behind_keeps_nothing_from_the_front)
{
    back.fails = APR_TIMEUP;
    ck_assert_int_eq(keep(yes(NOW)), APR_TIMEUP);
    ck_assert_int_eq(front.entry.kind, TI_KIND_CLAIMS);
    ck_assert(front.entry.expires == NOW + SECONDS(60));
}
END_TEST

START_TEST(a_failure_in_front_keeps_nothing_from_behind)
{
    front.fails = APR_ENOSPC;
    ck_assert_int_eq(keep(yes(NOW)), APR_ENOSPC);
    ck_assert_int_eq(back.entry.kind, TI_KIND_CLAIMS);
}
END_TEST

START_TEST(a_no_that_the_cache_behind_did_not_take_bars_the_yes_there)
{
    ck_assert_int_eq(keep(yes(NOW)), APR_SUCCESS);
    back.fails = APR_TIMEUP;
    ck_assert_int_eq(keep(no(NOW + SECONDS(1))), APR_TIMEUP);
    back.fails = APR_SUCCESS;

    /* the no itself would have ended by now, the yes has not */
    ck_assert_int_eq(look(NOW + SECONDS(30)), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_INACTIVE);
    ck_assert(found.answered == NOW + SECONDS(1));
    ck_assert_int_eq(back.fetches, 0);
}
END_TEST

START_TEST(a_long_no_is_not_shortened_by_being_a_bar)
{
    ti_entry_t entry = no(NOW);

    entry.expires = NOW + 2 * TI_TIERS_INACTIVE_AGE;
    back.fails = APR_TIMEUP;
    ck_assert_int_eq(keep(entry), APR_TIMEUP);
    ck_assert(front.entry.expires == NOW + 2 * TI_TIERS_INACTIVE_AGE);
}
END_TEST

START_TEST(a_yes_ends_a_bar)
{
    back.fails = APR_TIMEUP;
    ck_assert_int_eq(keep(no(NOW)), APR_TIMEUP);
    back.fails = APR_SUCCESS;
    ck_assert_int_eq(keep(yes(NOW + 1)), APR_SUCCESS);
    ck_assert_int_eq(look(NOW + 2), APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_CLAIMS);
}
END_TEST

START_TEST(a_younger_answer_behind_replaces_one_that_is_too_old)
{
    front.entry = yes(NOW);
    back.entry = no(NOW + SECONDS(5));
    ck_assert_int_eq(look(NOW + SECONDS(6)), APR_SUCCESS);
    ck_assert_int_eq(
        tiers->fetch_younger(tiers, &found, &key, NOW + SECONDS(6), pool),
        APR_SUCCESS);
    ck_assert_int_eq(found.kind, TI_KIND_INACTIVE);
    ck_assert_int_eq(front.entry.kind, TI_KIND_INACTIVE);
    ck_assert_int_eq(back.stores, 0);
}
END_TEST

START_TEST(nothing_behind_that_is_no_younger_replaces_what_is_in_front)
{
    front.entry = no(NOW);
    ck_assert_int_eq(look(NOW + 1), APR_SUCCESS);
    back.entry = yes(NOW);
    ck_assert_int_eq(tiers->fetch_younger(tiers, &found, &key, NOW + 1, pool),
                     APR_NOTFOUND);
    back.entry = yes(NOW - 1);
    ck_assert_int_eq(tiers->fetch_younger(tiers, &found, &key, NOW + 1, pool),
                     APR_NOTFOUND);
    back.fails = APR_TIMEUP;
    ck_assert_int_eq(tiers->fetch_younger(tiers, &found, &key, NOW + 1, pool),
                     APR_TIMEUP);
    ck_assert_int_eq(found.kind, TI_KIND_INACTIVE);
    ck_assert_int_eq(front.entry.kind, TI_KIND_INACTIVE);
    ck_assert_int_eq(front.stores, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("tiers");
    TCase *cases = tcase_create("tiers");

    tcase_add_checked_fixture(cases, tiers_open, pool_close);
    tcase_add_test(cases, what_is_in_front_is_found_without_looking_behind);
    tcase_add_test(cases, what_is_behind_is_found_and_put_in_front);
    tcase_add_test(cases, what_is_in_neither_is_a_miss);
    tcase_add_test(cases, a_failing_cache_behind_is_told_and_gives_nothing);
    tcase_add_test(cases, a_failing_cache_in_front_hides_nothing_behind);
    tcase_add_test(
        cases,
        an_older_yes_from_behind_does_not_replace_a_no_learned_meanwhile);
    tcase_add_test(cases, a_newer_yes_from_behind_replaces_an_older_no);
    tcase_add_test(
        cases,
        an_older_yes_from_behind_does_not_come_back_after_a_no_that_is_over);
    tcase_add_test(cases,
                   an_answer_older_than_what_is_in_front_is_not_stored_behind);
    tcase_add_test(cases, what_is_stored_is_stored_in_both);
    tcase_add_test(cases, a_failure_behind_keeps_nothing_from_the_front);
    tcase_add_test(cases, a_failure_in_front_keeps_nothing_from_behind);
    tcase_add_test(cases,
                   a_no_that_the_cache_behind_did_not_take_bars_the_yes_there);
    tcase_add_test(cases, a_long_no_is_not_shortened_by_being_a_bar);
    tcase_add_test(cases, a_yes_ends_a_bar);
    tcase_add_test(cases, a_younger_answer_behind_replaces_one_that_is_too_old);
    tcase_add_test(cases,
                   nothing_behind_that_is_no_younger_replaces_what_is_in_front);
    suite_add_tcase(made, cases);
    return made;
}
