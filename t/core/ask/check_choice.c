/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of several authorization servers a token is shown to.
 */
#include "ask/choice.h"

#include <apr_encode.h>

#include "server.h"

static apr_array_header_t *servers;
static int sure;

static void servers_open(void)
{
    pool_open();
    servers = apr_array_make(pool, 4, sizeof(const ti_server_t *));
}

static void add(const char *name, const char *prefix, const char *issuer)
{
    ti_server_t *each = ti_server_create(pool);

    each->name = name;
    each->token_prefix = prefix;
    each->issuer = issuer;
    APR_ARRAY_PUSH(servers, const ti_server_t *) = each;
}

static int choose(const char *token)
{
    const char *why;
    int chosen =
        ti_choice_make(&why, &sure, servers, token, strlen(token), pool);

    ck_assert(chosen >= 0 || (why != NULL && !strstr(why, token)));
    return chosen;
}

static const char *jwt(const char *payload)
{
    return apr_pstrcat(pool, "e30.",
                       apr_pencode_base64(pool, payload, APR_ENCODE_STRING,
                                          APR_ENCODE_BASE64URL, NULL),
                       ".c2ln", NULL);
}

START_TEST(the_longest_prefix_that_fits_is_chosen)
{
    add("a", "x", NULL);
    add("b", "xy", NULL);
    add("c", NULL, NULL);
    ck_assert_int_eq(choose("xyz"), 1);
    ck_assert_int_eq(choose("xz"), 0);
    ck_assert_int_eq(choose("Xyz"), 2);
    ck_assert(!sure);
    ck_assert_int_eq(choose("x"), 0);
    ck_assert(sure);
    ck_assert_ptr_null(ti_choice_complaint(servers, pool));
}
END_TEST

START_TEST(the_issuer_of_a_jwt_is_compared_to_the_letter)
{
    add("a", NULL, "https://a.example");
    add("b", NULL, "https://b.example");
    add("c", "e30.", "https://c.example");
    ck_assert_int_eq(choose(jwt("{\"iss\":\"https://b.example\"}") + 1), 1);
    ck_assert(sure);
    ck_assert_int_eq(choose(jwt("{\"iss\":\"https://b.example/\"}") + 1), -1);
    ck_assert_int_eq(choose(jwt("{\"iss\":\"https://c.example\"}") + 1), -1);
    ck_assert_int_eq(choose(jwt("{\"iss\":\"https://b.example\"}")), 2);
    ck_assert_int_eq(choose(jwt("{\"iss\":[\"https://b.example\"]}") + 1), 0);
    ck_assert(!sure);
    ck_assert_ptr_null(ti_choice_complaint(servers, pool));
}
END_TEST

START_TEST(what_is_no_jwt_names_no_issuer)
{
    const char *const tokens[] = {"a",    ".",       "..",     "...",
                                  "a.b",  "a.b.c",   "a..c",   ".b.c",
                                  "a.b.", "a.b.c.d", "a.e30.c"};
    apr_size_t i;

    add("a", NULL, "https://a.example");
    add("b", NULL, NULL);
    for (i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        ck_assert_int_eq(choose(tokens[i]), 0);
        ck_assert(!sure);
    }
}
END_TEST

static const char *nested(int depth)
{
    const char *text = "1";

    while (depth-- > 0) {
        text = apr_pstrcat(pool, "[", text, "]", NULL);
    }
    return jwt(apr_pstrcat(pool, "{\"n\":", text,
                           ",\"s\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\","
                           "\"iss\":\"https://b.example\"}",
                           NULL));
}

START_TEST(what_is_nested_deeply_is_not_read)
{
    add("a", NULL, NULL);
    add("b", NULL, "https://b.example");
    ck_assert_int_eq(choose(nested(31)), 1);
    ck_assert_int_eq(choose(nested(32)), 0);
    ck_assert_int_eq(choose(nested(1000)), 0);
}
END_TEST

START_TEST(what_is_no_token_is_left_to_be_refused)
{
    add("a", "a-", NULL);
    add("b", "b-", NULL);
    ck_assert_int_eq(choose("c\xc3\xa4"), 0);
    ck_assert(sure);
    ck_assert_int_eq(choose(""), 0);
}
END_TEST

START_TEST(where_all_have_prefixes_others_are_shown_to_nobody)
{
    add("a", "a-", NULL);
    add("b", "b-", NULL);
    ck_assert_int_eq(choose("c-1"), -1);
    ck_assert_ptr_null(ti_choice_complaint(servers, pool));
}
END_TEST

START_TEST(one_that_is_never_chosen_is_a_mistake)
{
    static const char *const never[][4] = {
        {NULL, NULL, NULL, NULL},
        {NULL, "https://a.example", NULL, NULL},
        {NULL, "https://a.example", NULL, "https://a.example"},
        {"x", NULL, "x", NULL},
        {"x", "https://a.example", "x", "https://b.example"}};
    apr_size_t i;

    for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        const char *complaint;

        apr_array_clear(servers);
        add("one", never[i][0], never[i][1]);
        add("other", never[i][2], never[i][3]);
        complaint = ti_choice_complaint(servers, pool);
        ck_assert_msg(complaint != NULL && strstr(complaint, "'other'"), "%d",
                      (int)i);
    }
    apr_array_clear(servers);
    add("one", NULL, NULL);
    add("other", NULL, "https://b.example");
    ck_assert_ptr_null(ti_choice_complaint(servers, pool));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("choice");
    TCase *one = tcase_create("choice");

    tcase_add_checked_fixture(one, servers_open, pool_close);
    tcase_add_test(one, the_longest_prefix_that_fits_is_chosen);
    tcase_add_test(one, the_issuer_of_a_jwt_is_compared_to_the_letter);
    tcase_add_test(one, what_is_no_jwt_names_no_issuer);
    tcase_add_test(one, what_is_nested_deeply_is_not_read);
    tcase_add_test(one, what_is_no_token_is_left_to_be_refused);
    tcase_add_test(one, where_all_have_prefixes_others_are_shown_to_nobody);
    tcase_add_test(one, one_that_is_never_chosen_is_a_mistake);
    suite_add_tcase(all, one);
    return all;
}
