/* SPDX-License-Identifier: Apache-2.0
 *
 * The limits of one answer: depth, members, length of what is exported.
 */
#include "claims/claims.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include "records.h"

static const ti_value_t *find(const ti_claims_t *claims, const char *path)
{
    return ti_claims_find(claims, path, strlen(path));
}

static const char *text_of(const ti_claims_t *claims, const char *path)
{
    const ti_value_t *value = find(claims, path);

    return value != NULL ? ti_claims_text(claims, value) : "(absent)";
}

/* Numbered bodies between `open` and `close`, joined by commas. */
static const char *repeated(const char *open, const char *before, int times,
                            const char *after, const char *close)
{
    apr_array_header_t *parts = apr_array_make(pool, 8, sizeof(const char *));
    int i;

    for (i = 0; i < times; i++) {
        APR_ARRAY_PUSH(parts, const char *) =
            apr_pstrcat(pool, before, apr_itoa(pool, i), after, NULL);
    }
    return apr_pstrcat(pool, open, apr_array_pstrcat(pool, parts, ','), close,
                       NULL);
}

static const char *nested(int depth)
{
    const char *json = "1";

    for (; depth > 0; depth--) {
        json = apr_pstrcat(pool, "{\"a\":", json, "}", NULL);
    }
    return json;
}

static const char *complaint(const char *json)
{
    return complaint_of(json, strlen(json));
}

START_TEST(sixteen_levels_are_taken_and_seventeen_refused)
{
    ck_assert_ptr_null(complaint(nested(TI_CLAIMS_DEPTH_MAX)));
    ck_assert_ptr_nonnull(complaint(nested(TI_CLAIMS_DEPTH_MAX + 1)));
    ck_assert_ptr_nonnull(complaint(nested(1000)));
    ck_assert_ptr_nonnull(complaint(nested(9000)));
}
END_TEST

START_TEST(as_many_members_as_the_limit_are_taken_and_one_more_refused)
{
    int most = TI_CLAIMS_VALUES_MAX;

    ck_assert_ptr_null(complaint(repeated("{", "\"m", most, "\":1", "}")));
    ck_assert_ptr_nonnull(
        complaint(repeated("{", "\"m", most + 1, "\":1", "}")));
    ck_assert_ptr_null(complaint(repeated("{\"a\":[", "", most - 1, "", "]}")));
    ck_assert_ptr_nonnull(
        complaint(repeated("{\"a\":[", "", most + 1, "", "]}")));
    ck_assert_ptr_nonnull(
        complaint(repeated("{\"a\":{", "\"m", most, "\":1", "}}")));
}
END_TEST

/* No path leads there, but work does. */
START_TEST(what_is_within_arrays_counts_as_well)
{
    int most = TI_CLAIMS_VALUES_MAX;
    const char *deep = "1";
    int i;

    ck_assert_ptr_null(
        complaint(repeated("{\"a\":[", "[", most / 2 - 1, "]", "]}")));
    ck_assert_ptr_nonnull(
        complaint(repeated("{\"a\":[", "[", most / 2, "]", "]}")));
    ck_assert_ptr_nonnull(
        complaint(repeated("{\"a\":[", "{\"b\":", most / 2, "}", "]}")));

    for (i = 0; i < TI_CLAIMS_DEPTH_MAX - 1; i++) {
        deep = apr_pstrcat(pool, "[", deep, "]", NULL);
    }
    ck_assert_ptr_null(
        complaint(apr_pstrcat(pool, "{\"a\":", deep, "}", NULL)));
    ck_assert_ptr_nonnull(
        complaint(apr_pstrcat(pool, "{\"a\":[", deep, "]}", NULL)));
}
END_TEST

/* 64 KiB of small members: their values would make the record too large. */
START_TEST(what_lies_in_arrays_is_left_out_where_it_does_not_fit)
{
    const char *members =
        repeated("", "{\"member\":\"some text\",\"n\":", 720, "}", "");
    const ti_claims_t *claims =
        claims_of(apr_pstrcat(pool, "{\"a\":[7,", members, "],\"b\":",
                              repeated("{", "\"a_name_of_some_length_", 550,
                                       "\":\"and text of some length, twice as "
                                       "long, if not longer than that\"",
                                       "}"),
                              "}", NULL));
    const ti_value_t *array = find(claims, "a");

    ck_assert_int_eq(array->elements.count, 2);
    ck_assert_int_eq(ti_claims_element(claims, array, 0)->as.integer, 7);
    ck_assert_int_eq(ti_claims_element(claims, array, 1)->type, TI_NULL);
    ck_assert_uint_le(claims->size, TI_CLAIMS_SIZE_MAX);
}
END_TEST

START_TEST(one_integer_beyond_64_bits_leaves_the_others_whole)
{
    const ti_claims_t *claims =
        claims_of("{\"huge\":123456789012345678901234567890,\"exp\":1800000000,"
                  "\"n\":9007199254740991,\"half\":0.5}");

    ck_assert_int_eq(find(claims, "huge")->type, TI_STRING);
    ck_assert_str_eq(text_of(claims, "huge"), "123456789012345678901234567890");
    ck_assert_int_eq(find(claims, "n")->type, TI_INTEGER);
    ck_assert_str_eq(text_of(claims, "n"), "9007199254740991");
    ck_assert_str_eq(text_of(claims, "exp"), "1800000000");
    ck_assert_int_eq(find(claims, "half")->type, TI_REAL);
}
END_TEST

START_TEST(a_number_that_no_type_can_hold_keeps_its_digits)
{
    const ti_claims_t *claims =
        claims_of("{\"sub\":18446744073709551617,\"big\":1e999,\"list\":[ "
                  "-9223372036854775809 ,1],\"next\":9007199254740993,"
                  "\"text\":\"\\\"18446744073709551617\"}");

    ck_assert_str_eq(text_of(claims, "sub"), "18446744073709551617");
    ck_assert_str_eq(text_of(claims, "big"), "1e999");
    ck_assert_str_eq(text_of(claims, "next"), "9007199254740993");
    ck_assert_str_eq(text_of(claims, "text"), "\"18446744073709551617");
    ck_assert_int_eq(find(claims, "sub")->type, TI_STRING);
    ck_assert_int_eq(find(claims, "next")->type, TI_INTEGER);
    ck_assert_ptr_nonnull(complaint("{18446744073709551617:1}"));
    ck_assert_ptr_nonnull(complaint("{\"a\":1,18446744073709551617 :1}"));
    ck_assert_ptr_nonnull(complaint("{\"a\":018446744073709551617}"));
    ck_assert_ptr_nonnull(complaint("{\"a\":18446744073709551617x}"));
    ck_assert_ptr_nonnull(complaint("{\"a\":18446744073709551617"));
}
END_TEST

START_TEST(a_byte_order_mark_is_skipped)
{
    ck_assert_str_eq(text_of(claims_of("\xef\xbb\xbf{\"sub\":\"a\"}"), "sub"),
                     "a");
    ck_assert_ptr_nonnull(complaint("\xef\xbb{\"sub\":\"a\"}"));
}
END_TEST

START_TEST(no_control_character_goes_out_with_an_array_or_object)
{
    const ti_claims_t *claims =
        claims_of("{\"a\":[\"x\x7fy\\u0001\"],\"o\":{\"i\":[\"p\x7fq\"]}}");
    const ti_value_t *inner = find(claims, "o\x1f"
                                           "i");

    ck_assert_str_eq(text_of(claims, "a"), "[\"x\\u007fy\\u0001\"]");
    ck_assert_str_eq(text_of(claims, "o"), "{\"i\":[\"p\\u007fq\"]}");
    ck_assert_mem_eq(ti_claims_string(claims, inner), "[\"p\\u007fq\"]",
                     inner->length);
    ck_assert(ti_claims_holds(claims, inner, "p\x7fq"));
}
END_TEST

START_TEST(only_zero_itself_means_that_a_token_never_expires)
{
    ck_assert_int_eq(claims_of("{\"exp\":0}")->expires.state, TI_MOMENT_ABSENT);
    ck_assert_int_eq(claims_of("{\"exp\":0.0}")->expires.state,
                     TI_MOMENT_ABSENT);
    ck_assert_int_eq(claims_of("{\"exp\":1e-9}")->expires.state,
                     TI_MOMENT_READ);
    ck_assert_int_eq(claims_of("{\"exp\":-1e-9}")->expires.state,
                     TI_MOMENT_READ);
}
END_TEST

START_TEST(an_answer_of_twenty_kilobytes_is_normal)
{
    const char *json =
        repeated("{\"active\":true,\"sub\":\"f:1:alice\",\"resource_access\":{",
                 "\"client-", 200,
                 "\":{\"roles\":[\"view\",\"manage\",\"a role whose name is "
                 "quite a lot longer than all of the others\"]}",
                 "},\"realm_access\":{\"roles\":[\"offline_access\"]}}");
    const ti_claims_t *claims = claims_of(json);
    const ti_value_t *roles = find(claims, "resource_access\x1f"
                                           "client-77\x1f"
                                           "roles");

    ck_assert_int_gt(strlen(json), 20000);
    ck_assert(ti_claims_holds(claims, roles, "manage"));
    ck_assert_ptr_null(text_of(claims, "resource_access"));
    ck_assert_str_eq(text_of(claims, "realm_access"),
                     "{\"roles\":[\"offline_access\"]}");
}
END_TEST

START_TEST(a_long_value_is_kept_but_not_exported)
{
    char *json = apr_palloc(pool, TI_CLAIMS_EXPORT_MAX + 20);
    const ti_claims_t *claims;
    int extra;

    for (extra = 0; extra < 2; extra++) {
        apr_size_t length = (apr_size_t)TI_CLAIMS_EXPORT_MAX + extra;

        memcpy(json, "{\"a\":\"", 6);
        memset(json + 6, 'x', length);
        memcpy(json + 6 + length, "\"}", 3);
        claims = claims_of(json);
        ck_assert_int_eq(find(claims, "a")->length, length);
        ck_assert_int_eq(text_of(claims, "a") != NULL, extra == 0);
        ck_assert_int_eq(ti_claims_plain(claims, "a") != NULL, extra == 0);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("limits");
    TCase *one = tcase_create("limits");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, sixteen_levels_are_taken_and_seventeen_refused);
    tcase_add_test(one,
                   as_many_members_as_the_limit_are_taken_and_one_more_refused);
    tcase_add_test(one, an_answer_of_twenty_kilobytes_is_normal);
    tcase_add_test(one, a_long_value_is_kept_but_not_exported);
    tcase_add_test(one, what_is_within_arrays_counts_as_well);
    tcase_add_test(one, what_lies_in_arrays_is_left_out_where_it_does_not_fit);
    tcase_add_test(one, one_integer_beyond_64_bits_leaves_the_others_whole);
    tcase_add_test(one, a_number_that_no_type_can_hold_keeps_its_digits);
    tcase_add_test(one, a_byte_order_mark_is_skipped);
    tcase_add_test(one, no_control_character_goes_out_with_an_array_or_object);
    tcase_add_test(one, only_zero_itself_means_that_a_token_never_expires);
    suite_add_tcase(all, one);
    return all;
}
