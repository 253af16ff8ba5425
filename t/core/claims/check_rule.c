/* SPDX-License-Identifier: Apache-2.0
 *
 * The language of Require claim.
 */
#include "rules.h"

START_TEST(a_string_is_compared_exactly)
{
    ck_assert(claim("sub:alice", "{\"sub\":\"alice\"}"));
    ck_assert(!claim("sub:alice", "{\"sub\":\"Alice\"}"));
    ck_assert(!claim("sub:alice", "{\"sub\":\"alice2\"}"));
    ck_assert(!claim("sub:alice", "{\"sub\":\"alic\"}"));
    ck_assert(!claim("sub:alice", "{\"sub\":\"alice\\u0000\"}"));
    ck_assert(!claim("sub:alice", "{\"sub\":null,\"x\":\"alice\"}"));
    ck_assert(!claim("sub:alice", "{}"));
}
END_TEST

START_TEST(spaces_are_not_ignored)
{
    ck_assert(!claim("role:super admin", "{\"role\":\"superadmin\"}"));
    ck_assert(!claim("role:superadmin", "{\"role\":\"super admin\"}"));
    ck_assert(claim("role:super admin", "{\"role\":\"super admin\"}"));
    ck_assert(!claim("role:admin", "{\"role\":\"super admin\"}"));
}
END_TEST

START_TEST(numbers_are_compared_by_value)
{
    ck_assert(claim("n:5", "{\"n\":5}"));
    ck_assert(claim("n:5", "{\"n\":5.0}"));
    ck_assert(claim("n:5.0", "{\"n\":5}"));
    ck_assert(claim("n:5e0", "{\"n\":5}"));
    ck_assert(claim("n:-1", "{\"n\":-1}"));
    ck_assert(claim("n:0.5", "{\"n\":5e-1}"));
    ck_assert(claim("n:1e30", "{\"n\":1e30}"));
    ck_assert(claim("n:9007199254740993", "{\"n\":9007199254740993}"));
    ck_assert(!claim("n:9007199254740993", "{\"n\":9007199254740992}"));
}
END_TEST

START_TEST(what_only_begins_like_a_number_is_none)
{
    static const char *const lines[] = {
        "n:5x", "n:5 ", "n: 5",  "n:0x5", "n:5-",  "n:5.0.0",
        "n:5e", "n:",   "n:--5", "n:inf", "n:nan", "n:\"5\""};
    apr_size_t i;

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        ti_rule_t *rule;

        if (parse(&rule, TI_RULE_CLAIM, lines[i]) == NULL) {
            ck_assert_msg(ti_rule_met(rule, claims_of("{\"n\":5}"), 0) == 0,
                          "'%s'", lines[i]);
        }
    }
    ck_assert(!claim("n:51", "{\"n\":5}"));
    ck_assert(!claim("n:5", "{\"n\":51}"));
}
END_TEST

START_TEST(a_number_and_a_string_of_digits_are_compared_as_what_they_are)
{
    ck_assert(claim("n:5", "{\"n\":\"5\"}"));
    ck_assert(!claim("n:5.0", "{\"n\":\"5\"}"));
    ck_assert(!claim("n:1", "{\"n\":true}"));
    ck_assert(!claim("n:0", "{\"n\":false}"));
}
END_TEST

START_TEST(booleans_are_true_and_false)
{
    ck_assert(claim("b:true", "{\"b\":true}"));
    ck_assert(!claim("b:true", "{\"b\":false}"));
    ck_assert(claim("b:false", "{\"b\":false}"));
    ck_assert(!claim("b:True", "{\"b\":true}"));
    ck_assert(!claim("b:false", "{\"b\":null}"));
    ck_assert(!claim("b:false", "{}"));
}
END_TEST

START_TEST(an_array_holds_a_value_of_any_type)
{
    const char *json = "{\"a\":[\"one\",2,true,null,[\"in\"],{\"k\":\"v\"}]}";

    ck_assert(claim("a:one", json));
    ck_assert(claim("a:2.0", json));
    ck_assert(claim("a:true", json));
    ck_assert(!claim("a:in", json));
    ck_assert(!claim("a:v", json));
    ck_assert(!claim("a:null", json));
    ck_assert(!claim("a:on", json));
    ck_assert(!claim("a:one", "{\"a\":[]}"));
    ck_assert(!claim("a:one", "{\"a\":{\"one\":1}}"));
}
END_TEST

START_TEST(a_name_alone_asks_for_a_value_that_is_not_null)
{
    ck_assert(claim("a", "{\"a\":false}"));
    ck_assert(claim("a", "{\"a\":0}"));
    ck_assert(claim("a", "{\"a\":\"\"}"));
    ck_assert(claim("a", "{\"a\":[]}"));
    ck_assert(claim("a", "{\"a\":{}}"));
    ck_assert(!claim("a", "{\"a\":null}"));
    ck_assert(!claim("a", "{\"aa\":1}"));
}
END_TEST

START_TEST(a_path_leads_into_objects_and_not_into_arrays)
{
    const char *json = "{\"realm_access\":{\"roles\":[\"dev\"],"
                       "\"x\":{\"y\":\"z\"}},\"list\":[{\"y\":\"z\"}]}";

    ck_assert(claim("realm_access.roles:dev", json));
    ck_assert(claim("realm_access.x.y:z", json));
    ck_assert(claim("realm_access.x", json));
    ck_assert(!claim("realm_access.x.y.z", json));
    ck_assert(!claim("roles:dev", json));
    ck_assert(!claim("list.y:z", json));
    ck_assert(!claim("list.0.y:z", json));
    ck_assert(!claim("realm_access..x", json));
}
END_TEST

START_TEST(a_name_with_dots_is_tried_whole_first)
{
    ck_assert(claim("a.b:whole", "{\"a.b\":\"whole\",\"a\":{\"b\":\"path\"}}"));
    ck_assert(!claim("a.b:path", "{\"a.b\":\"whole\",\"a\":{\"b\":\"path\"}}"));
    ck_assert(claim("a.b:path", "{\"a\":{\"b\":\"path\"}}"));
    ck_assert(claim("a.b:path", "{\"a.b\":null,\"a\":{\"b\":\"path\"}}"));
    ck_assert(claim("https\\://x.example/c:1", "{\"https://x.example/c\":1}"));
}
END_TEST

START_TEST(an_escaped_dot_does_not_part_names)
{
    ck_assert(claim("a\\.b.c:1", "{\"a.b\":{\"c\":1}}"));
    ck_assert(!claim("a\\.b.c:1", "{\"a\":{\"b\":{\"c\":1}}}"));
    ck_assert(!claim("a\\.b:1", "{\"a\":{\"b\":1}}"));
    ck_assert(claim("a\\.b:1", "{\"a.b\":1}"));
}
END_TEST

START_TEST(escapes_stand_for_the_signs_that_end_a_name)
{
    ck_assert(claim("a\\:b:c:d", "{\"a:b\":\"c:d\"}"));
    ck_assert(claim("a\\~b:c~d", "{\"a~b\":\"c~d\"}"));
    ck_assert(claim("a\\\\b:1", "{\"a\\\\b\":1}"));
    ck_assert(claim("a\\b:1", "{\"a\\\\b\":1}"));
    ck_assert(claim("a\\", "{\"a\\\\\":1}"));
    ck_assert(claim("a:x\\y", "{\"a\":\"x\\\\y\"}"));
}
END_TEST

START_TEST(the_first_sign_decides_what_a_condition_is)
{
    ck_assert(claim("a:b~c", "{\"a\":\"b~c\"}"));
    ck_assert(claim("a~^b:c$", "{\"a\":\"b:c\"}"));
}
END_TEST

START_TEST(no_member_can_pretend_to_be_a_path)
{
    ck_assert(!claim("a.b:1", "{\"a\\u001fb\":1}"));
    ck_assert(!claim("a.b:1", "{\"a\":{\"c\\u001fb\":1}}"));
}
END_TEST

START_TEST(a_regular_expression_matches_somewhere)
{
    ck_assert(claim("a~^al", "{\"a\":\"alice\"}"));
    ck_assert(claim("a~ic", "{\"a\":\"alice\"}"));
    ck_assert(!claim("a~^ic", "{\"a\":\"alice\"}"));
    ck_assert(claim("a~^[xy]$", "{\"a\":[\"z\",\"y\"]}"));
    ck_assert(claim("a~^[0-9]+$", "{\"a\":1234}"));
    ck_assert(claim("a~^1\\.5$", "{\"a\":1.5}"));
    ck_assert(claim("a~^tr", "{\"a\":true}"));
    ck_assert(claim("a~^5$", "{\"a\":[null,5]}"));
    ck_assert(!claim("a~.", "{\"a\":null}"));
    ck_assert(!claim("a~b", "{\"a\":{\"b\":\"b\"}}"));
    ck_assert(!claim("a~b", "{\"a\":[{\"b\":\"b\"},[\"b\"]]}"));
}
END_TEST

START_TEST(a_regular_expression_sees_the_whole_string_beyond_a_nul)
{
    ck_assert(!claim("a~^admin$", "{\"a\":\"admin\\u0000x\"}"));
}
END_TEST

START_TEST(any_one_condition_of_a_claim_line_is_enough)
{
    ck_assert(claim("a:1|b:2", "{\"b\":2}"));
    ck_assert(claim("a:1|b:2", "{\"a\":1}"));
    ck_assert(!claim("a:1|b:2", "{\"a\":2,\"b\":1}"));
}
END_TEST

static int gives_up(const void *compiled, const char *bytes, apr_size_t length)
{
    (void)compiled;
    return length > 0 && bytes[0] == 'b' ? 1 : TI_RULE_UNKNOWN;
}

static int told(const char *word, const char *json)
{
    static const ti_regex_t fragile = {regex_compile, gives_up};
    apr_array_header_t *words = apr_array_make(pool, 2, sizeof(const char *));
    ti_rule_t *rule;

    APR_ARRAY_PUSH(words, const char *) = word;
    APR_ARRAY_PUSH(words, const char *) = "role:admin";
    ck_assert_ptr_null(
        ti_rule_parse(&rule, TI_RULE_CLAIM, words, &fragile, pool));
    return ti_rule_met(rule, claims_of(json), 0);
}

START_TEST(a_regular_expression_that_gives_up_tells_nothing)
{
    ck_assert_int_eq(told("sub~x", "{\"sub\":\"a\"}"), TI_RULE_UNKNOWN);
    ck_assert_int_eq(told("sub~x", "{\"sub\":[\"a\",\"a\"]}"), TI_RULE_UNKNOWN);
    ck_assert_int_eq(told("sub~x", "{\"sub\":[\"a\",\"b\"]}"), 1);
    ck_assert_int_eq(told("sub~x", "{\"sub\":\"a\",\"role\":\"admin\"}"), 1);
    ck_assert_int_eq(told("sub~x", "{\"role\":\"user\"}"), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("rule");
    TCase *one = tcase_create("rule");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_string_is_compared_exactly);
    tcase_add_test(one, spaces_are_not_ignored);
    tcase_add_test(one, numbers_are_compared_by_value);
    tcase_add_test(one, what_only_begins_like_a_number_is_none);
    tcase_add_test(
        one, a_number_and_a_string_of_digits_are_compared_as_what_they_are);
    tcase_add_test(one, booleans_are_true_and_false);
    tcase_add_test(one, an_array_holds_a_value_of_any_type);
    tcase_add_test(one, a_name_alone_asks_for_a_value_that_is_not_null);
    tcase_add_test(one, a_path_leads_into_objects_and_not_into_arrays);
    tcase_add_test(one, a_name_with_dots_is_tried_whole_first);
    tcase_add_test(one, a_regular_expression_that_gives_up_tells_nothing);
    tcase_add_test(one, an_escaped_dot_does_not_part_names);
    tcase_add_test(one, escapes_stand_for_the_signs_that_end_a_name);
    tcase_add_test(one, the_first_sign_decides_what_a_condition_is);
    tcase_add_test(one, no_member_can_pretend_to_be_a_path);
    tcase_add_test(one, a_regular_expression_matches_somewhere);
    tcase_add_test(one,
                   a_regular_expression_sees_the_whole_string_beyond_a_nul);
    tcase_add_test(one, any_one_condition_of_a_claim_line_is_enough);
    suite_add_tcase(all, one);
    return all;
}
