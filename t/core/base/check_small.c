/* SPDX-License-Identifier: Apache-2.0
 *
 * The small nouns: bearer, form, key, log, moment.
 */
#include "base/bearer.h"
#include "base/key.h"
#include "base/log.h"
#include "claims/moment.h"
#include "http/form.h"

#include <apr_strings.h>

#include "lastline.h"
#include "records.h"

static int is_bearer(const char *text)
{
    return ti_bearer_valid(exact(text, strlen(text)), strlen(text));
}

START_TEST(a_b64token_may_have_all_its_characters)
{
    ck_assert(is_bearer("a"));
    ck_assert(is_bearer("azAZ09-._~+/"));
    ck_assert(is_bearer("eyJh.eyJz.c2ln=="));
    ck_assert(is_bearer("a======"));
}
END_TEST

START_TEST(what_is_no_b64token_is_refused)
{
    static const char *const bad[] = {"",    "=",     "==", "a=b",     "a b",
                                      "a,b", " a",    "a ", "a\n",     "a\"",
                                      "a%",  "a\x7f", "a*", "\xc3\xa4"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(!is_bearer(bad[i]), "number %d", (int)i);
    }
    ck_assert(!ti_bearer_valid("a\0b", 3));
}
END_TEST

START_TEST(a_bearer_token_has_a_greatest_length)
{
    char *text = apr_palloc(pool, TI_BEARER_MAX + 1);

    memset(text, 'a', TI_BEARER_MAX + 1);
    ck_assert(ti_bearer_valid(exact(text, TI_BEARER_MAX), TI_BEARER_MAX));
    ck_assert(
        !ti_bearer_valid(exact(text, TI_BEARER_MAX + 1), TI_BEARER_MAX + 1));
}
END_TEST

START_TEST(a_form_encodes_so_that_no_value_adds_a_parameter)
{
    char *form = ti_form_add(NULL, "token", "a+b/c=d~e&active=1", pool);

    ck_assert_ptr_null(strchr(form, '&'));
    ck_assert_ptr_null(strchr(form, '/'));
    ck_assert_ptr_eq(strstr(form, "token=a%2bb%2fc%3dd"), form);
    form = ti_form_add(form, "na=me", " \r\n%\xc3\xa4", pool);
    ck_assert_ptr_nonnull(strstr(form, "&na%3dme=+%0d%0a%25%c3%a4"));
}
END_TEST

START_TEST(a_form_may_have_an_empty_value)
{
    ck_assert_str_eq(ti_form_add(NULL, "token", "", pool), "token=");
    ck_assert_str_eq(ti_form_add(apr_pstrdup(pool, "a=b"), "c", "", pool),
                     "a=b&c=");
}
END_TEST

START_TEST(a_form_that_grew_leaves_nothing_behind)
{
    char *form = ti_form_add(NULL, "token", "secret", pool);

    ti_form_add(form, "more", "x", pool);
    ck_assert_str_eq(form, "");
}
END_TEST

static ti_key_t derived(const char *secret, const char *whom,
                        const char *domain, const char *text)
{
    char full[TI_SECRET_SIZE] = {0};
    ti_keyring_t *keyring;
    ti_key_t identity;
    ti_key_t key;

    memcpy(full, secret, strlen(secret));
    ck_assert_int_eq(ti_key_digest(&identity, whom, strlen(whom)), APR_SUCCESS);
    ck_assert_int_eq(ti_keyring_create(&keyring, full, &identity, domain, pool),
                     APR_SUCCESS);
    ck_assert_int_eq(
        ti_key_derive(&key, keyring, exact(text, strlen(text)), strlen(text)),
        APR_SUCCESS);
    return key;
}

static int same(ti_key_t one, ti_key_t other)
{
    return ti_key_same(one.bytes, other.bytes, TI_KEY_SIZE);
}

START_TEST(a_key_depends_on_secret_identity_domain_and_text)
{
    ti_key_t key = derived("s", "who", "token", "abc");

    ck_assert(same(key, derived("s", "who", "token", "abc")));
    ck_assert(!same(key, derived("t", "who", "token", "abc")));
    ck_assert(!same(key, derived("s", "whom", "token", "abc")));
    ck_assert(!same(key, derived("s", "who", "document", "abc")));
    ck_assert(!same(key, derived("s", "who", "token", "abd")));
    ck_assert(!same(key, derived("s", "who", "token", "")));
    ck_assert(!same(key, derived("s", "who", "tokena", "bc")));
}
END_TEST

START_TEST(a_digest_is_plain_sha256)
{
    ti_key_t key;

    ck_assert_int_eq(ti_key_digest(&key, "abc", 3), APR_SUCCESS);
    ck_assert_uint_eq(ti_key_fingerprint(&key), 0xba7816bf);
}
END_TEST

START_TEST(random_bytes_differ)
{
    unsigned char one[32] = {0};
    unsigned char other[32] = {0};

    ck_assert_int_eq(ti_key_random(one, sizeof(one)), APR_SUCCESS);
    ck_assert_int_eq(ti_key_random(other, sizeof(other)), APR_SUCCESS);
    ck_assert(!ti_key_same(one, other, sizeof(one)));
}
END_TEST

START_TEST(a_log_line_has_its_number_and_no_control_characters)
{
    ti_log(&log_info, TI_LOG_INFO, 42, "a%sb", "\r\nMAI0001: \x7f\x01");
    ck_assert_str_eq(last, "MAI0042: a??MAI0001: ??b");
}
END_TEST

START_TEST(a_long_log_line_is_cut_at_one_kibibyte)
{
    char text[3000];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ti_log(&log_info, TI_LOG_INFO, 42, "%s", text);
    ck_assert_int_eq(strlen(last), 1023);
}
END_TEST

START_TEST(nothing_is_written_above_the_level_nor_without_a_log)
{
    lines = 0;
    ti_log(&log_info, TI_LOG_DEBUG, 42, "a");
    ti_log(NULL, TI_LOG_ERROR, 42, "a");
    ck_assert_int_eq(lines, 0);
    ck_assert(ti_log_on(&log_info, TI_LOG_INFO));
    ck_assert(!ti_log_on(&log_info, TI_LOG_DEBUG));
}
END_TEST

static ti_moment_t moment_of(const char *text)
{
    ti_moment_t moment = {0};

    ti_moment_from_text(&moment, text, strlen(text));
    return moment;
}

START_TEST(a_moment_is_read_from_digits_only)
{
    static const char *const bad[] = {"",    "-",   "+1",  " 1",  "1 ",
                                      "1.5", "1e3", "0x1", "--1", "1-",
                                      "x",   "inf", "nan", "1,5"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(moment_of(bad[i]).state == TI_MOMENT_UNREADABLE, "'%s'",
                      bad[i]);
    }
    ck_assert(moment_of("1700000000").at == apr_time_from_sec(1700000000));
    ck_assert(moment_of("-5").at == apr_time_from_sec(-5));
    ck_assert(moment_of("0").at == 0);
    ck_assert_int_eq(moment_of("0").state, TI_MOMENT_READ);
}
END_TEST

START_TEST(moments_are_clamped_so_that_no_leeway_overflows)
{
    ti_moment_t moment = {0};
    apr_interval_time_t day = apr_time_from_sec(86400);

    ti_moment_from_real(&moment, 1e300);
    ck_assert(moment.at > apr_time_from_sec(3000000000000));
    ck_assert(moment.at < APR_INT64_MAX - day);
    ti_moment_from_real(&moment, -1e300);
    ck_assert(moment.at < -apr_time_from_sec(3000000000000));
    ck_assert(moment.at > APR_INT64_MIN + day);
    ck_assert(moment_of("99999999999999999999999999").at ==
              moment_of("999999999999999999999").at);
    ti_moment_from_real(&moment, 1.5);
    ck_assert(moment.at == 1500000);
}
END_TEST

START_TEST(a_real_is_written_in_the_fewest_digits)
{
    ck_assert_str_eq(ti_moment_real_text(0.1, pool), "0.1");
    ck_assert_str_eq(ti_moment_real_text(5.0, pool), "5");
    ck_assert_str_eq(ti_moment_real_text(1e30, pool), "1e+30");
    ck_assert_str_eq(ti_moment_real_text(0.1 + 0.2, pool),
                     "0.30000000000000004");
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("small");
    TCase *one = tcase_create("small");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_b64token_may_have_all_its_characters);
    tcase_add_test(one, what_is_no_b64token_is_refused);
    tcase_add_test(one, a_bearer_token_has_a_greatest_length);
    tcase_add_test(one, a_form_encodes_so_that_no_value_adds_a_parameter);
    tcase_add_test(one, a_form_may_have_an_empty_value);
    tcase_add_test(one, a_form_that_grew_leaves_nothing_behind);
    tcase_add_test(one, a_key_depends_on_secret_identity_domain_and_text);
    tcase_add_test(one, a_digest_is_plain_sha256);
    tcase_add_test(one, random_bytes_differ);
    tcase_add_test(one, a_log_line_has_its_number_and_no_control_characters);
    tcase_add_test(one, a_long_log_line_is_cut_at_one_kibibyte);
    tcase_add_test(one, nothing_is_written_above_the_level_nor_without_a_log);
    tcase_add_test(one, a_moment_is_read_from_digits_only);
    tcase_add_test(one, moments_are_clamped_so_that_no_leeway_overflows);
    tcase_add_test(one, a_real_is_written_in_the_fewest_digits);
    suite_add_tcase(all, one);
    return all;
}
