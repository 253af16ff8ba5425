/* SPDX-License-Identifier: Apache-2.0
 *
 * From JSON to a claims record: what is taken, how it reads, what is refused.
 */
#include "claims/claims.h"

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

static const char *complaint(const char *json)
{
    return complaint_of(json, strlen(json));
}

START_TEST(every_json_type_has_its_type_and_text)
{
    const ti_claims_t *claims = claims_of(
        "{\"s\":\"x\",\"e\":\"\",\"i\":-7,\"r\":1.5,\"t\":true,\"f\":false,"
        "\"n\":null,\"a\":[1,\"b\"],\"o\":{\"k\":[]}}");

    ck_assert_str_eq(text_of(claims, "s"), "x");
    ck_assert_str_eq(text_of(claims, "e"), "");
    ck_assert_str_eq(text_of(claims, "i"), "-7");
    ck_assert_str_eq(text_of(claims, "r"), "1.5");
    ck_assert_str_eq(text_of(claims, "t"), "true");
    ck_assert_str_eq(text_of(claims, "f"), "false");
    ck_assert_ptr_null(text_of(claims, "n"));
    ck_assert_str_eq(text_of(claims, "a"), "[1,\"b\"]");
    ck_assert_str_eq(text_of(claims, "o"), "{\"k\":[]}");
    ck_assert_int_eq(find(claims, "n")->type, TI_NULL);
    ck_assert_ptr_null(ti_claims_member(claims, "n"));
    ck_assert_int_eq(find(claims, "i")->as.integer, -7);
    ck_assert(find(claims, "r")->as.real == 1.5);
    ck_assert_int_eq(find(claims, "a")->elements.count, 2);
}
END_TEST

START_TEST(an_answer_without_members_is_a_record)
{
    const ti_claims_t *claims = claims_of(" {} ");

    ck_assert_int_eq(claims->entries, 0);
    ck_assert_ptr_null(ti_claims_member(claims, "active"));
    ck_assert_ptr_null(find(claims, ""));
}
END_TEST

START_TEST(members_of_objects_are_found_by_their_path)
{
    const ti_claims_t *claims =
        claims_of("{\"a\":{\"b\":{\"c\":\"deep\"},\"d\":[true]},\"b\":1}");

    ck_assert_str_eq(text_of(claims, "a\x1f"
                                     "b\x1f"
                                     "c"),
                     "deep");
    ck_assert_int_eq(find(claims, "a\x1f"
                                  "d")
                         ->type,
                     TI_ARRAY);
    ck_assert_int_eq(find(claims, "b")->type, TI_INTEGER);
    ck_assert_ptr_null(find(claims, "c"));
    ck_assert_ptr_null(find(claims, "a.b"));
    ck_assert_ptr_null(ti_claims_find(claims, "abc", 0));
}
END_TEST

START_TEST(a_compounds_json_is_its_own)
{
    const ti_claims_t *claims =
        claims_of("{\"o\":{\"s\":\"[1]\",\"a\":[1],\"b\":[1]},\"z\":[2]}");
    const ti_value_t *value = find(claims, "o\x1f"
                                           "b");

    ck_assert_int_eq(value->length, 3);
    ck_assert(memcmp(ti_claims_string(claims, value), "[1]", 3) == 0);
    ck_assert_int_eq(value->elements.count, 1);
    ck_assert_str_eq(ti_claims_string(claims, find(claims, "z")), "[2]");
}
END_TEST

START_TEST(elements_of_an_array_keep_their_order)
{
    const ti_claims_t *claims =
        claims_of("{\"a\":[1,[9],\"x\",{\"y\":9},null,2.5],\"b\":[3]}");
    const ti_value_t *array = find(claims, "a");

    ck_assert_int_eq(array->elements.count, 6);
    ck_assert_int_eq(ti_claims_element(claims, array, 0)->as.integer, 1);
    ck_assert(ti_claims_holds(claims, array, "x"));
    ck_assert(!ti_claims_holds(claims, array, "1"));
    ck_assert_int_eq(ti_claims_element(claims, array, 1)->type, TI_ARRAY);
    ck_assert_int_eq(ti_claims_element(claims, array, 3)->type, TI_OBJECT);
    ck_assert_int_eq(ti_claims_element(claims, array, 4)->type, TI_NULL);
    ck_assert(ti_claims_element(claims, array, 5)->as.real == 2.5);
    array = find(claims, "b");
    ck_assert_int_eq(ti_claims_element(claims, array, 0)->as.integer, 3);
}
END_TEST

START_TEST(two_members_of_one_name_are_refused_at_every_depth)
{
    ck_assert_ptr_nonnull(complaint("{\"active\":true,\"active\":false}"));
    ck_assert_ptr_nonnull(complaint("{\"a\":{\"b\":1,\"b\":1}}"));
    ck_assert_ptr_nonnull(complaint("{\"a\":[{\"b\":1,\"b\":1}]}"));
    ck_assert_ptr_nonnull(complaint("{\"a\":1,\"\\u0061\":1}"));
    ck_assert_ptr_null(complaint("{\"a\":1,\"A\":1}"));
}
END_TEST

START_TEST(what_is_no_json_object_is_refused)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "null",
                                      "[]",
                                      "\"a\"",
                                      "1",
                                      "{",
                                      "{\"a\":1",
                                      "{\"a\"}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{} {}",
                                      "{\"a\":1,}",
                                      "{\"a\":01}",
                                      "{\"a\":+1}",
                                      "{\"a\":NaN}",
                                      "{\"a\":\"\n\"}",
                                      "{\"a\":tru}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(complaint(bad[i]) != NULL, "'%s'", bad[i]);
    }
    ck_assert_ptr_nonnull(complaint_of("{}\0", 3));
    ck_assert_ptr_nonnull(complaint_of("{\"a\":\"\0\"}", 9));
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_refused)
{
    static const char *const bad[] = {
        "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}",
        "{\"\xe4\":1}", "{\"a\":\"\\ud800\"}"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(complaint(bad[i]) != NULL, "number %d", (int)i);
    }
}
END_TEST

START_TEST(a_complaint_holds_nothing_of_the_text)
{
    static const char *const bad[] = {"{\"SECRET\":1,\"SECRET\":2}",
                                      "{\"SECRET\":SECRET}", "SECRET",
                                      "{\"SECRET\":\"\xff\"}", "{}SECRET"};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_ptr_null(strstr(complaint(bad[i]), "SECRET"));
    }
}
END_TEST

START_TEST(control_characters_are_exported_as_json_escapes)
{
    const ti_claims_t *claims = claims_of(
        "{\"c\":\"a\\r\\nX: y\",\"z\":\"a\\u0000b\",\"d\":\"a\x7f\",\"u\":"
        "\"\\u00e4\xc3\xb6\",\"l\":[\"\\r\\n\"]}");

    ck_assert_str_eq(text_of(claims, "c"), "\"a\\r\\nX: y\"");
    ck_assert_str_eq(text_of(claims, "z"), "\"a\\u0000b\"");
    ck_assert_str_eq(text_of(claims, "d"), "\"a\\u007f\"");
    ck_assert_str_eq(text_of(claims, "u"), "\xc3\xa4\xc3\xb6");
    ck_assert_str_eq(text_of(claims, "l"), "[\"\\r\\n\"]");
    ck_assert_int_eq(find(claims, "z")->length, 3);
    ck_assert_ptr_null(ti_claims_plain(claims, "c"));
    ck_assert_ptr_null(ti_claims_plain(claims, "z"));
    ck_assert_ptr_null(ti_claims_plain(claims, "d"));
    ck_assert_str_eq(ti_claims_plain(claims, "u"), "\xc3\xa4\xc3\xb6");
}
END_TEST

START_TEST(members_whose_names_hold_control_characters_are_left_out)
{
    const ti_claims_t *claims =
        claims_of("{\"a\\u001fb\":1,\"c\\n\":2,\"d\x7f\":3,\"\":4,\"ok\":5}");

    ck_assert_int_eq(claims->entries, 1);
    ck_assert_str_eq(text_of(claims, "ok"), "5");
}
END_TEST

START_TEST(a_nul_in_a_members_name_leaves_out_that_member_only)
{
    const ti_claims_t *claims =
        claims_of("{\"a\\u0000\":1,\"ok\":\"\\u0000 : "
                  "\\\"\",\"o\":{\"\\u0000b\" :2,\"c\":3},"
                  "\"\\\\u0000\":[\"\\u0000\",4]}");

    ck_assert_int_eq(claims->entries, 4);
    ck_assert_str_eq(text_of(claims, "ok"), "\"\\u0000 : \\\"\"");
    ck_assert_str_eq(text_of(claims, "\\u0000"), "[\"\\u0000\",4]");
    ck_assert_str_eq(text_of(claims, "o\x1f"
                                     "c"),
                     "3");
    ck_assert_ptr_nonnull(complaint("{\"a\\u0000\":1"));
    ck_assert_ptr_nonnull(complaint("{\"a\\u0000"));
    ck_assert_ptr_nonnull(complaint("{\"a\\u0000\":1,\"a\\u0000\":2}"));
}
END_TEST

START_TEST(numbers_of_every_size_are_read_by_value)
{
    const ti_claims_t *claims =
        claims_of("{\"a\":1e30,\"b\":9223372036854775807,\"c\":-1,\"d\":1e-9}");

    ck_assert(find(claims, "a")->as.real == 1e30);
    ck_assert_str_eq(text_of(claims, "b"), "9223372036854775807");
    ck_assert_str_eq(text_of(claims, "c"), "-1");
    claims = claims_of("{\"big\":99999999999999999999}");
    ck_assert_str_eq(text_of(claims, "big"), "99999999999999999999");
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("claims");
    TCase *one = tcase_create("claims");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, every_json_type_has_its_type_and_text);
    tcase_add_test(one, an_answer_without_members_is_a_record);
    tcase_add_test(one, members_of_objects_are_found_by_their_path);
    tcase_add_test(one, a_compounds_json_is_its_own);
    tcase_add_test(one, elements_of_an_array_keep_their_order);
    tcase_add_test(one, two_members_of_one_name_are_refused_at_every_depth);
    tcase_add_test(one, what_is_no_json_object_is_refused);
    tcase_add_test(one, bytes_that_are_not_utf8_are_refused);
    tcase_add_test(one, a_complaint_holds_nothing_of_the_text);
    tcase_add_test(one, control_characters_are_exported_as_json_escapes);
    tcase_add_test(one,
                   members_whose_names_hold_control_characters_are_left_out);
    tcase_add_test(one, a_nul_in_a_members_name_leaves_out_that_member_only);
    tcase_add_test(one, numbers_of_every_size_are_read_by_value);
    suite_add_tcase(all, one);
    return all;
}
