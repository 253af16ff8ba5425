/* SPDX-License-Identifier: Apache-2.0
 *
 * What of a file is the secret, and that none is left behind.
 */
#include "base/secret.h"

#include <string.h>

#include <apr_strings.h>

#include "tap.h"

static const char *trimmed(const char *text)
{
    return ti_secret_trim(apr_pstrdup(pool, text));
}

START_TEST(what_editors_add_is_no_part_of_a_secret)
{
    ck_assert_str_eq(trimmed("a b"), "a b");
    ck_assert_str_eq(trimmed(" a\n"), " a");
    ck_assert_str_eq(trimmed("a\r\n\r\n"), "a");
    ck_assert_str_eq(trimmed("\xef\xbb\xbf"
                             "a\r"),
                     "a");
    ck_assert_str_eq(trimmed("\xef\xbb\xbf\n"), "");
    ck_assert_str_eq(trimmed("\xef\xbb"), "\xef\xbb");
    ck_assert_str_eq(trimmed(""), "");
}
END_TEST

START_TEST(what_can_be_no_secret_is_complained_of_without_it)
{
    ck_assert_ptr_null(ti_secret_complaint("a b \xc3\xa4"));
    ck_assert_ptr_nonnull(strstr(ti_secret_complaint(""), "is empty"));
    ck_assert_ptr_nonnull(strstr(ti_secret_complaint("S3\n2"), "second line"));
    ck_assert_ptr_nonnull(strstr(ti_secret_complaint("S3\x7f"), "control"));
    ck_assert_ptr_null(strstr(ti_secret_complaint("S3\n2"), "S3"));
}
END_TEST

START_TEST(a_secret_is_wiped_with_its_pool)
{
    char secret[] = "secret";
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    ti_secret_wipe_with(p, secret);
    ck_assert_str_eq(secret, "secret");
    apr_pool_destroy(p);
    ck_assert_mem_eq(secret, "\0\0\0\0\0\0", sizeof(secret));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("secret");
    TCase *one = tcase_create("secret");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, what_editors_add_is_no_part_of_a_secret);
    tcase_add_test(one, what_can_be_no_secret_is_complained_of_without_it);
    tcase_add_test(one, a_secret_is_wiped_with_its_pool);
    suite_add_tcase(all, one);
    return all;
}
