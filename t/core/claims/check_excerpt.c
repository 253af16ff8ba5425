/* SPDX-License-Identifier: Apache-2.0
 *
 * Values in log lines: short, and nothing in them passes for anything else.
 */
#include "claims/excerpt.h"

#include <apr_strings.h>

#include "records.h"

/* The excerpt of the member a of this object. */
static const char *of(const char *json)
{
    const ti_claims_t *claims = claims_of(json);
    const char *text =
        ti_excerpt_value(claims, ti_claims_member(claims, "a"), pool);
    const char *c;

    for (c = text; *c != '\0'; c++) {
        ck_assert(*c >= ' ' && *c <= '~');
    }
    ck_assert_uint_le(strlen(text), TI_EXCERPT_MAX + strlen(" and 3000 more"));
    return text;
}

/* An array of `count` strings of `length` bytes each. */
static const char *array_of(int count, int length)
{
    char *word = apr_palloc(pool, (apr_size_t)length + 1);
    const char *json = "{\"a\":[";
    int i;

    memset(word, 'x', (apr_size_t)length);
    word[length] = '\0';
    for (i = 0; i < count; i++) {
        json =
            apr_pstrcat(pool, json, i > 0 ? "," : "", "\"", word, "\"", NULL);
    }
    return apr_pstrcat(pool, json, "]}", NULL);
}

START_TEST(a_value_of_each_type_is_told)
{
    ck_assert_str_eq(of("{\"a\":\"read write\"}"), "'read write'");
    ck_assert_str_eq(of("{\"a\":\"\"}"), "''");
    ck_assert_str_eq(of("{\"a\":1764467629}"), "1764467629");
    ck_assert_str_eq(of("{\"a\":true}"), "true");
    ck_assert_str_eq(of("{\"a\":{\"b\":1}}"), "[object]");
    ck_assert_str_eq(of("{\"a\":[\"x\",7,false,null,{},[]]}"),
                     "'x' 7 false [object] [array]");
    ck_assert_str_eq(of("{\"a\":null}"), "none");
    ck_assert_str_eq(of("{\"a\":[]}"), "none");
    ck_assert_str_eq(of("{}"), "none");
}
END_TEST

START_TEST(nothing_in_a_value_passes_for_the_rest_of_a_line)
{
    ck_assert_str_eq(of("{\"a\":\"x' (token 00000000) \\\"\\\\\"}"),
                     "'x? (token 00000000) ?"
                     "?'");
    ck_assert_str_eq(of("{\"a\":\"a\\nMAI0001: b\\r\\tc\"}"),
                     "'a?MAI0001: b??c'");
    ck_assert_str_eq(of("{\"a\":\"\\u001b[31mred\\u0000\\u007f\"}"),
                     "'?[31mred?"
                     "?'");
    /* of UTF-8 one for each character: é, CSI, a bidi override, an emoji */
    ck_assert_str_eq(
        of("{\"a\":\"\xc3\xa9\xc2\x9b\xe2\x80\xae\xf0\x9f\x98\x80z\"}"),
        "'????z'");
}
END_TEST

START_TEST(a_long_value_is_cut)
{
    const char *text = of(array_of(1, 10000));

    ck_assert_uint_eq(strlen(text), TI_EXCERPT_MAX);
    ck_assert(strcmp(text + TI_EXCERPT_MAX - 5, "x...'") == 0);
    /* one byte less than the limit is whole */
    text = of(array_of(1, TI_EXCERPT_MAX - 5));
    ck_assert_ptr_null(strstr(text, "..."));
    ck_assert_uint_eq(strlen(text), TI_EXCERPT_MAX - 3);
}
END_TEST

START_TEST(of_many_elements_the_first_are_told_and_the_others_counted)
{
    ck_assert_str_eq(of(array_of(2, 3)), "'xxx' 'xxx'");
    ck_assert_ptr_nonnull(strstr(of(array_of(1000, 3)), " and 982 more"));
    ck_assert_ptr_nonnull(strstr(of(array_of(4, 10000)), " and 3 more"));
}
END_TEST

START_TEST(a_number_of_any_length_is_no_longer_than_others)
{
    char *json = apr_palloc(pool, 600);

    memset(json, '1', 600);
    memcpy(json, "{\"a\":", 5);
    json[500] = '}';
    json[501] = '\0';
    ck_assert_uint_eq(strlen(of(json)), TI_EXCERPT_MAX);
    ck_assert_str_eq(of("{\"a\":[123456789012345678901234567890,1.5e300]}"),
                     "'123456789012345678901234567890' 1.5e+300");
}
END_TEST

START_TEST(texts_of_a_configuration_are_told_the_same_way)
{
    apr_array_header_t *texts = apr_array_make(pool, 4, sizeof(const char *));
    int i;

    APR_ARRAY_PUSH(texts, const char *) = "https://api.example";
    APR_ARRAY_PUSH(texts, const char *) = "it's";
    ck_assert_str_eq(ti_excerpt_texts(texts, pool),
                     "'https://api.example' 'it?s'");
    for (i = 0; i < 98; i++) {
        APR_ARRAY_PUSH(texts, const char *) = "https://api.example";
    }
    ck_assert_ptr_nonnull(
        strstr(ti_excerpt_texts(texts, pool), " and 94 more"));
    ck_assert_str_eq(ti_excerpt_text("abc", 2, pool), "'ab'");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("excerpt");
    TCase *tc = tcase_create("excerpt");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_test(tc, a_value_of_each_type_is_told);
    tcase_add_test(tc, nothing_in_a_value_passes_for_the_rest_of_a_line);
    tcase_add_test(tc, a_long_value_is_cut);
    tcase_add_test(tc,
                   of_many_elements_the_first_are_told_and_the_others_counted);
    tcase_add_test(tc, a_number_of_any_length_is_no_longer_than_others);
    tcase_add_test(tc, texts_of_a_configuration_are_told_the_same_way);
    suite_add_tcase(s, tc);
    return s;
}
