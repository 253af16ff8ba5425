/* SPDX-License-Identifier: Apache-2.0
 *
 * Require scope and audience, the scopes of a challenge, and complaints.
 */
#include "rules.h"

static const char *scope_of(ti_rule_kind_t kind, const char *line)
{
    ti_rule_t *rule;

    ck_assert_ptr_null(parse(&rule, kind, line));
    return ti_rule_scope(rule);
}

START_TEST(a_scope_is_a_whole_word)
{
    const char *json = "{\"scope\":\"read write:all\"}";

    ck_assert(met(TI_RULE_SCOPE, "read", json));
    ck_assert(met(TI_RULE_SCOPE, "write:all", json));
    ck_assert(!met(TI_RULE_SCOPE, "rea", json));
    ck_assert(!met(TI_RULE_SCOPE, "write", json));
    ck_assert(!met(TI_RULE_SCOPE, "readwrite:all", json));
    ck_assert(!met(TI_RULE_SCOPE, "READ", json));
    ck_assert(met(TI_RULE_SCOPE, "a", "{\"scope\":\"  a  \"}"));
    ck_assert(!met(TI_RULE_SCOPE, "a", "{\"scope\":\"\"}"));
    ck_assert(!met(TI_RULE_SCOPE, "a", "{\"scope\":null}"));
    ck_assert(!met(TI_RULE_SCOPE, "a", "{\"scope\":{\"a\":\"a\"}}"));
    ck_assert(!met(TI_RULE_SCOPE, "a", "{\"x\":{\"scope\":\"a\"}}"));
}
END_TEST

START_TEST(every_scope_named_is_wanted)
{
    ck_assert(met(TI_RULE_SCOPE, "a|b", "{\"scope\":\"b c a\"}"));
    ck_assert(!met(TI_RULE_SCOPE, "a|b", "{\"scope\":\"a\"}"));
    ck_assert(met(TI_RULE_SCOPE, "a|b", "{\"scope\":[\"b\",\"a\"]}"));
    ck_assert(!met(TI_RULE_SCOPE, "a|b", "{\"scope\":[\"a\"]}"));
}
END_TEST

START_TEST(claim_scope_looks_among_the_words_at_top_level_only)
{
    ck_assert(claim("scope:read", "{\"scope\":\"write read\"}"));
    ck_assert(!claim("scope:rea", "{\"scope\":\"write read\"}"));
    ck_assert(claim("scope:write read", "{\"scope\":\"write read\"}"));
    ck_assert(!claim("scope:read write", "{\"scope\":\"write read\"}"));
    ck_assert(!claim("x.scope:a", "{\"x\":{\"scope\":\"a b\"}}"));
    ck_assert(!claim("words:a", "{\"words\":\"a b\"}"));
}
END_TEST

START_TEST(an_audience_is_a_string_or_in_an_array)
{
    ck_assert(met(TI_RULE_AUDIENCE, "https://a|b", "{\"aud\":\"b\"}"));
    ck_assert(met(TI_RULE_AUDIENCE, "https://a|b",
                  "{\"aud\":[\"x\",\"https://a\"]}"));
    ck_assert(!met(TI_RULE_AUDIENCE, "a", "{\"aud\":\"a b\"}"));
    ck_assert(!met(TI_RULE_AUDIENCE, "a", "{\"aud\":[]}"));
    ck_assert(!met(TI_RULE_AUDIENCE, "5", "{\"aud\":5}"));
    ck_assert(!met(TI_RULE_AUDIENCE, "a", "{}"));
}
END_TEST

START_TEST(the_challenge_names_the_scopes_wanted)
{
    ck_assert_str_eq(scope_of(TI_RULE_SCOPE, "a|b:c"), "a b:c");
    ck_assert_str_eq(scope_of(TI_RULE_CLAIM, "sub:x|scope:read"), "read");
    ck_assert_str_eq(scope_of(TI_RULE_CLAIM, "scope:a|scope:b"), "a");
    ck_assert_ptr_null(scope_of(TI_RULE_CLAIM, "sub:x"));
    ck_assert_ptr_null(scope_of(TI_RULE_CLAIM, "scope:a \"b"));
    ck_assert_ptr_null(scope_of(TI_RULE_CLAIM, "scope"));
    ck_assert_ptr_null(scope_of(TI_RULE_AUDIENCE, "a"));
}
END_TEST

START_TEST(what_cannot_be_meant_is_complained_about)
{
    static const struct {
        ti_rule_kind_t kind;
        const char *line;
    } bad[] = {{TI_RULE_CLAIM, ""},
               {TI_RULE_CLAIM, ":x"},
               {TI_RULE_CLAIM, "~x"},
               {TI_RULE_CLAIM, "a:"},
               {TI_RULE_CLAIM, "a~"},
               {TI_RULE_CLAIM, "a~("},
               {TI_RULE_CLAIM, "a\x1f"
                               "b:1"},
               {TI_RULE_CLAIM, "a\x7f:1"},
               {TI_RULE_CLAIM, "good|:x"},
               {TI_RULE_SCOPE, ""},
               {TI_RULE_SCOPE, "a b"},
               {TI_RULE_SCOPE, "a\"b"},
               {TI_RULE_SCOPE, "a\\b"},
               {TI_RULE_SCOPE, "\xc3\xa4"},
               {TI_RULE_SCOPE, "a\r\nb"},
               {TI_RULE_SCOPE, "a|"},
               {TI_RULE_AUDIENCE, ""}};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ti_rule_t *rule = (ti_rule_t *)(void *)pool;

        ck_assert_msg(parse(&rule, bad[i].kind, bad[i].line) != NULL, "'%s'",
                      bad[i].line);
        ck_assert_ptr_null(rule);
    }
}
END_TEST

START_TEST(a_line_without_words_is_complained_about)
{
    apr_array_header_t *none = apr_array_make(pool, 1, sizeof(const char *));
    ti_rule_t *rule;

    ck_assert_ptr_nonnull(
        ti_rule_parse(&rule, TI_RULE_SCOPE, none, &regex, pool));
    ck_assert_ptr_null(rule);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("scope");
    TCase *one = tcase_create("scope");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_scope_is_a_whole_word);
    tcase_add_test(one, every_scope_named_is_wanted);
    tcase_add_test(one, claim_scope_looks_among_the_words_at_top_level_only);
    tcase_add_test(one, an_audience_is_a_string_or_in_an_array);
    tcase_add_test(one, the_challenge_names_the_scopes_wanted);
    tcase_add_test(one, what_cannot_be_meant_is_complained_about);
    tcase_add_test(one, a_line_without_words_is_complained_about);
    suite_add_tcase(all, one);
    return all;
}
