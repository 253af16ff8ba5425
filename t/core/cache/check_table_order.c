/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions may come back in another order than they were asked: of two
 * answers the later one stays.
 */
#include "table.h"

static apr_status_t keep(ti_kind_t kind, apr_time_t answered,
                         apr_time_t expires, apr_time_t now)
{
    ti_key_t key = key_of(1);
    ti_entry_t entry = {0};

    entry.kind = kind;
    entry.answered = answered;
    entry.expires = expires;
    if (kind == TI_KIND_CLAIMS) {
        entry.bytes = "a record";
        entry.size = 8;
    }
    return ti_table_cache(table)->store(ti_table_cache(table), &key, &entry,
                                        now, pool);
}

static ti_kind_t kind_at(apr_time_t now)
{
    ti_key_t key = key_of(1);
    ti_entry_t entry;

    ti_table_cache(table)->fetch(ti_table_cache(table), &entry, &key, now,
                                 pool);
    return entry.kind;
}

START_TEST(an_older_yes_does_not_replace_a_newer_no)
{
    ck_assert_int_eq(keep(TI_KIND_INACTIVE, NOW + 1, LATER, NOW + 1),
                     APR_SUCCESS);
    ck_assert_int_eq(keep(TI_KIND_CLAIMS, NOW, LATER, NOW + 2), APR_EEXIST);
    ck_assert_int_eq(kind_at(NOW + 2), TI_KIND_INACTIVE);
    ck_assert_uint_eq(stats_now().stores, 1);
}
END_TEST

START_TEST(an_older_no_does_not_replace_a_newer_yes)
{
    ck_assert_int_eq(keep(TI_KIND_CLAIMS, NOW + 1, LATER, NOW + 1),
                     APR_SUCCESS);
    ck_assert_int_eq(keep(TI_KIND_INACTIVE, NOW, LATER, NOW + 2), APR_EEXIST);
    ck_assert_int_eq(kind_at(NOW + 2), TI_KIND_CLAIMS);
}
END_TEST

START_TEST(a_no_that_is_over_still_keeps_an_older_yes_out)
{
    keep(TI_KIND_INACTIVE, NOW + 1, NOW + 2, NOW + 1);
    ck_assert_int_eq(keep(TI_KIND_CLAIMS, NOW, LATER, NOW + 3), APR_EEXIST);
    ck_assert_int_eq(kind_at(NOW + 3), TI_KIND_NONE);
    ck_assert_int_eq(keep(TI_KIND_CLAIMS, NOW + 3, LATER, NOW + 4),
                     APR_SUCCESS);
    ck_assert_int_eq(kind_at(NOW + 4), TI_KIND_CLAIMS);
}
END_TEST

START_TEST(of_one_moment_the_last_one_stays)
{
    keep(TI_KIND_CLAIMS, NOW, LATER, NOW);
    ck_assert_int_eq(keep(TI_KIND_INACTIVE, NOW, LATER, NOW), APR_SUCCESS);
    ck_assert_int_eq(kind_at(NOW), TI_KIND_INACTIVE);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("order");
    TCase *one = tcase_create("order");

    tcase_add_checked_fixture(one, small_open, table_close);
    tcase_add_test(one, an_older_yes_does_not_replace_a_newer_no);
    tcase_add_test(one, an_older_no_does_not_replace_a_newer_yes);
    tcase_add_test(one, a_no_that_is_over_still_keeps_an_older_yes_out);
    tcase_add_test(one, of_one_moment_the_last_one_stays);
    suite_add_tcase(all, one);
    return all;
}
