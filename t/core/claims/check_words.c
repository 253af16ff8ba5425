/* SPDX-License-Identifier: Apache-2.0
 *
 * Require claim beyond exact text: numbers and times, objects in arrays, case
 * and beginnings; and what is undecided, which refuses with `not` too.
 */
#include "rules.h"

#define NOW apr_time_from_sec(1700000000)
#define UNKNOWN TI_RULE_INCOMPARABLE

/* A line, an answer, and what is told: 1, 0 or UNKNOWN. */
typedef struct case_t {
    const char *line;
    const char *json;
    int told;
} case_t;

static int told(const char *line, const char *json)
{
    ti_rule_t *rule;
    const char *complaint = parse(&rule, TI_RULE_CLAIM, line);

    ck_assert_msg(complaint == NULL, "%s: %s", line, complaint);
    return ti_rule_met(rule, json != NULL ? claims_of(json) : NULL, NOW);
}

static void all_told(const case_t *cases, apr_size_t count)
{
    apr_size_t i;

    for (i = 0; i < count; i++) {
        int is_met = told(cases[i].line, cases[i].json);

        ck_assert_msg(is_met == cases[i].told, "%s of %s is %d, not %d",
                      cases[i].line, cases[i].json, is_met, cases[i].told);
    }
}

#define ALL_TOLD(cases) all_told(cases, sizeof(cases) / sizeof((cases)[0]))

START_TEST(numbers_are_compared_digit_by_digit)
{
    static const case_t cases[] = {
        {"n>=2", "{\"n\":2}", 1},
        {"n>=2", "{\"n\":1}", 0},
        {"n>2", "{\"n\":2}", 0},
        {"n>2", "{\"n\":2.0000000000000000000000000001}", 1},
        {"n<2", "{\"n\":1.9999999999999999999999999999}", 1},
        {"n<=2", "{\"n\":2.000}", 1},
        {"n<=2", "{\"n\":2e0}", 1},
        {"n<10", "{\"n\":9}", 1},
        {"n>-1", "{\"n\":-0}", 1},
        {"n<0", "{\"n\":-0}", 0},
        {"n>=0", "{\"n\":-0.0}", 1},
        {"n<=-5", "{\"n\":-5.5}", 1},
        {"n>-5", "{\"n\":-5.5}", 0},
        {"n<0.1", "{\"n\":0.09999999999999999999}", 1},
        {"n>0.3", "{\"n\":0.30000000000000001}", 1},
        {"n>9007199254740992", "{\"n\":9007199254740993}", 1},
        {"n>18446744073709551615", "{\"n\":18446744073709551616}", 1},
        {"n>18446744073709551616", "{\"n\":18446744073709551616}", 0},
        {"n>=123456789012345678901234567890",
         "{\"n\":123456789012345678901234567889}", 0},
        {"n>1e998", "{\"n\":1e999}", 1},
        {"n>1e999", "{\"n\":1e999}", 0},
        {"n<-1e998", "{\"n\":-1e999}", 1},
        {"n>0", "{\"n\":1e-999}", 1},
        {"n>1", "{\"n\":1e-999}", 0},
        {"n>2", "{\"n\":\"10\"}", 1},
        {"a.n>2", "{\"a\":{\"n\":3}}", 1},
        {"n>5", "{\"n\":[1,9]}", 1},
        {"n>9", "{\"n\":[1,9]}", 0}};

    ALL_TOLD(cases);
}
END_TEST

START_TEST(an_equal_number_is_equal_to_the_last_digit)
{
    ck_assert(claim("n:0.1", "{\"n\":0.1}"));
    ck_assert(claim("n:0.10", "{\"n\":1e-1}"));
    ck_assert(!claim("n:0.3", "{\"n\":0.30000000000000001}"));
    ck_assert(claim("n:0.30000000000000001", "{\"n\":0.30000000000000001}"));
    ck_assert(!claim("n:9007199254740993.0", "{\"n\":9007199254740992}"));
    ck_assert(!claim("n:9223372036854775808", "{\"n\":9223372036854775807}"));
    ck_assert(!claim("n:-9223372036854775809", "{\"n\":-9223372036854775808}"));
    ck_assert(claim("n:9223372036854775808", "{\"n\":9223372036854775808}"));
    ck_assert(claim("n:+5", "{\"n\":5}"));
    ck_assert(claim("n:05.", "{\"n\":5}"));
    ck_assert(claim("n:0", "{\"n\":-0.0}"));
}
END_TEST

START_TEST(what_is_no_number_is_undecided)
{
    static const case_t cases[] = {
        {"n<2", "{}", UNKNOWN},
        {"n<2", NULL, UNKNOWN},
        {"n<2", "{\"n\":null}", UNKNOWN},
        {"n<2", "{\"n\":true}", UNKNOWN},
        {"n<2", "{\"n\":\"\"}", UNKNOWN},
        {"n<2", "{\"n\":\"one\"}", UNKNOWN},
        {"n<2", "{\"n\":\" 1\"}", UNKNOWN},
        {"n<2", "{\"n\":\"01\"}", UNKNOWN},
        {"n<2", "{\"n\":\"+1\"}", UNKNOWN},
        {"n<2", "{\"n\":\"1\\u0000\"}", UNKNOWN},
        {"n<2", "{\"n\":\"0x1\"}", UNKNOWN},
        {"n<2", "{\"n\":{\"n\":1}}", UNKNOWN},
        {"n<2", "{\"n\":[]}", UNKNOWN},
        {"n<2", "{\"n\":[3,\"x\"]}", UNKNOWN},
        {"n<2", "{\"n\":[3,[1]]}", UNKNOWN},
        {"n<2", "{\"n\":[\"x\",1]}", 1},
        {"n<2", "{\"n\":\"2026-01-01\"}", UNKNOWN},
        {"n<2", "{\"n\":1e99999999999999999999}", UNKNOWN},
        {"n<2|sub:a", "{\"sub\":\"a\"}", 1},
        {"n<2|sub:a", "{\"sub\":\"b\"}", UNKNOWN}};

    ALL_TOLD(cases);
}
END_TEST

START_TEST(times_are_compared_with_now_and_with_dates)
{
    static const case_t cases[] = {
        {"t>now", "{\"t\":1700000001}", 1},
        {"t>now", "{\"t\":1700000000}", 0},
        {"t>=now", "{\"t\":1700000000}", 1},
        {"t<now", "{\"t\":1699999999.9999999999}", 1},
        {"t>now-90d", "{\"t\":1692224000}", 0},
        {"t>now-90d", "{\"t\":1692224001}", 1},
        {"t<=now+5min", "{\"t\":1700000300}", 1},
        {"t<now+5min", "{\"t\":1700000300}", 0},
        {"t>now-2h", "{\"t\":1699992801}", 1},
        {"t>now-10s", "{\"t\":\"1699999991\"}", 1},
        {"t>=2023-11-14", "{\"t\":1699920000}", 1},
        {"t>=2023-11-14", "{\"t\":1699919999}", 0},
        {"t>2023-11-14T22\\:13\\:20Z", "{\"t\":1700000001}", 1},
        {"t>=2023-11-14T23\\:13\\:20+01\\:00", "{\"t\":1700000000}", 1},
        {"t>now", "{\"t\":\"2023-11-14T22:13:21Z\"}", 1},
        {"t>now", "{\"t\":\"2023-11-14T22:13:20.5Z\"}", 1},
        {"t>now", "{\"t\":\"2023-11-14T22:13:20Z\"}", 0},
        {"t>2023-11-14", "{\"t\":\"2023-11-15\"}", 1},
        {"t>now", "{\"t\":\"2023-02-30\"}", UNKNOWN},
        {"t>now", "{\"t\":\"2123-13-01\"}", UNKNOWN},
        {"t>now", "{\"t\":\"2123-11-14T22:13:20\"}", UNKNOWN},
        {"t>now", "{\"t\":\"2123-11-14 22:13:20Z\"}", UNKNOWN},
        {"t>now", "{\"t\":\"2123-11-14T25:13:20Z\"}", UNKNOWN},
        {"t>now", "{\"t\":\"2123-11-14T22:13:20Zx\"}", UNKNOWN},
        {"t>now", "{\"t\":\"tomorrow\"}", UNKNOWN},
        {"t>now", "{}", UNKNOWN}};

    ALL_TOLD(cases);
}
END_TEST

static const char details[] =
    "{\"authorization_details\":[{\"type\":\"account\",\"actions\":[\"list\"],"
    "\"locations\":[\"https://a.example\"]},"
    "{\"type\":\"payment\",\"actions\":[\"initiate\",\"status\"],"
    "\"limit\":{\"amount\":\"123.50\",\"currency\":\"EUR\"},\"level\":3},"
    "\"text\",[{\"type\":\"hidden\"}]]}";

START_TEST(one_object_of_an_array_meets_all_conditions_in_braces)
{
    static const case_t cases[] = {
        {"authorization_details{|type:payment|actions:initiate|}", details, 1},
        {"authorization_details{|type:account|locations:https://a.example|}",
         details, 1},
        {"authorization_details{|type:payment|limit.currency:EUR|}", details,
         1},
        {"authorization_details{|type:payment|limit.amount<200|}", details, 1},
        {"authorization_details{|type:payment|level>=3|}", details, 1},
        {"authorization_details{|type~^pay|}", details, 1},
        {"authorization_details{|prefix|actions:init|}", details, 1},
        {"sub:x|authorization_details{|type:payment|}", details, 1},
        /* the one's type, the other's action */
        {"authorization_details{|type:account|actions:initiate|}",
         "{\"authorization_details\":[{\"type\":\"account\",\"actions\":"
         "[\"list\"]},{\"type\":\"payment\",\"actions\":[\"initiate\"]}]}",
         0},
        {"authorization_details{|type:payment|}",
         "{\"authorization_details\":[]}", 0},
        {"a.b{|x:1|}", "{\"a\":{\"b\":[{\"x\":1}]}}", 1},
        {"a{|b{|x:1|y:2|}|}", "{\"a\":[{\"b\":[{\"x\":1},{\"y\":2}]}]}", 0},
        {"a{|b{|x:1|y:2|}|}", "{\"a\":[{\"b\":[{\"x\":1,\"y\":2}]}]}", 1},
        {"a{|x\\.y:1|}", "{\"a\":[{\"x.y\":1}]}", 1},
        {"a{|x.y:1|}", "{\"a\":[{\"x.y\":1}]}", 1},
        {"a{|x|}", "{\"a\":[{\"x\":null}]}", 0},
        {"a{|x|y|}", "{\"a\":[{\"x\":1},{\"y\":1}]}", 0},
        {"a{|x|y|}", "{\"a\":[{\"x\":1,\"y\":1}]}", 1},
        {"a{|n:9007199254740993|}", "{\"a\":[{\"n\":9007199254740993}]}", 1},
        {"a{|n>18446744073709551615|}",
         "{\"a\":[{\"n\":18446744073709551616}]}", 1},
        {"https\\://x.example/d{|x:1|}",
         "{\"https://x.example/d\":[{\"x\":1}]}", 1}};

    ALL_TOLD(cases);
}
END_TEST

START_TEST(no_array_of_objects_is_undecided)
{
    static const case_t cases[] = {
        {"a{|x:1|}", "{}", UNKNOWN},
        {"a{|x:1|}", "{\"a\":null}", UNKNOWN},
        {"a{|x:1|}", "{\"a\":{\"x\":1}}", UNKNOWN},
        {"a{|x:1|}", "{\"a\":\"x\"}", UNKNOWN},
        {"a{|x:1|}", "{\"a\":[{\"x\":2},\"x\"]}", UNKNOWN},
        {"a{|x:1|}", "{\"a\":[\"x\",{\"x\":1}]}", 1},
        {"a{|x:1|n<5|}", "{\"a\":[{\"x\":1}]}", UNKNOWN},
        {"a{|x:1|n<5|}", "{\"a\":[{\"x\":2}]}", 0},
        {"a{|n<5|x:1|}", "{\"a\":[{\"x\":2}]}", 0},
        {"a{|x:1|n<5|}", "{\"a\":[{\"x\":1},{\"x\":1,\"n\":4}]}", 1}};

    ALL_TOLD(cases);
}
END_TEST

START_TEST(case_and_beginnings_count_where_that_is_said)
{
    static const case_t cases[] = {
        {"nocase|mail:Alice@X.example", "{\"mail\":\"aLICE@x.EXAMPLE\"}", 1},
        {"nocase|mail:Alice@X.example", "{\"mail\":\"alice@x.example2\"}", 0},
        {"nocase|mail:alice", "{\"mail\":[\"bob\",\"ALICE\"]}", 1},
        {"nocase|mail:k", "{\"mail\":\"\xe2\x84\xaa\"}", 0},
        {"prefix|iss:https://a.example/", "{\"iss\":\"https://a.example/x\"}",
         1},
        {"prefix|iss:https://a.example/", "{\"iss\":\"https://a.example\"}", 0},
        {"prefix|nocase|g:ADM", "{\"g\":[\"x\",\"admin\"]}", 1},
        {"prefix|zip:12", "{\"zip\":12345}", 1},
        {"sub:ALICE|nocase|sub:ALICE", "{\"sub\":\"alice\"}", 1},
        {"nocase|sub:a|mail:b", "{\"mail\":\"B\"}", 1},
        {"nocase|scope:READ", "{\"scope\":\"write read\"}", 1},
        {"prefix|scope:re", "{\"scope\":\"write read\"}", 1},
        {"prefix|scope:rite", "{\"scope\":\"write read\"}", 0},
        {"nocase|sub:a", "{}", UNKNOWN},
        {"nocase|sub:a", "{\"sub\":{\"a\":1}}", UNKNOWN},
        {"nocase|sub:a", "{\"sub\":[]}", UNKNOWN},
        {"nocase|b:TRUE", "{\"b\":true}", 1}};

    ALL_TOLD(cases);
}
END_TEST

START_TEST(lines_of_old_mean_what_they_meant)
{
    static const case_t cases[] = {{"nocase", "{\"nocase\":1}", 1},
                                   {"prefix", "{\"prefix\":1}", 1},
                                   {"prefix:x", "{\"prefix\":\"x\"}", 1},
                                   {"a{", "{\"a{\":1}", 1},
                                   {"}", "{\"}\":1}", 1},
                                   {"a:{", "{\"a\":\"{\"}", 1},
                                   {"a~b{", "{\"a\":\"b{\"}", 0},
                                   {"a>=2:3", "{\"a>=2\":3}", 1},
                                   {"a>=2:3", "{\"a\":3}", 0},
                                   {"a<b:c", "{\"a<b\":\"c\"}", 1},
                                   {"a:>=2", "{\"a\":\">=2\"}", 1},
                                   {"a~<b", "{\"a\":\"<b\"}", 1},
                                   {"a", "{\"a\":[{}]}", 1},
                                   {"a.b:1", "{\"a\":[{\"b\":1}]}", 0},
                                   {"a:1", "{\"a\":[[1],{\"b\":1}]}", 0},
                                   {"a~1", "{\"a\":[[1],{\"b\":1}]}", 0},
                                   {"a:1", "{}", 0},
                                   {"a~1", "{}", 0},
                                   {"a", "{}", 0},
                                   {"a:1", "{\"a\":{\"b\":1}}", 0}};
    apr_size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ti_rule_t *rule;

        if (parse(&rule, TI_RULE_CLAIM, cases[i].line) == NULL) {
            ck_assert_msg(ti_rule_met(rule, claims_of(cases[i].json), NOW) ==
                              cases[i].told,
                          "%s of %s", cases[i].line, cases[i].json);
        } else {
            ck_assert_str_eq(cases[i].line, "a~b{"); /* POSIX */
        }
    }
}
END_TEST

START_TEST(a_mistake_says_what_to_write)
{
    static const struct {
        const char *line;
        const char *says;
    } bad[] = {{"level=2", "NAME<VALUE"},
               {"level=>2", "NAME<VALUE"},
               {"level!=2", "NAME<VALUE"},
               {"level==2", "NAME<VALUE"},
               {"level<>2", "write a number"},
               {"level>=", "write a number"},
               {"level>=two", "write a number"},
               {"level>=02", "write a number"},
               {"level>=1e99999999999999999999", "write a number"},
               {"level>=0x2", "write a number"},
               {">2", "name of the claim is missing"},
               {"t>now-", "write a number"},
               {"t>now-5", "write a number"},
               {"t>now-5m", "write a number"},
               {"t>now5min", "write a number"},
               {"t>now-99999999999d", "write a number"},
               {"t>now-40000d", "write a number"},
               {"t>2026-02-30", "write a number"},
               {"t>2026-01-31T12:00:00Z", "'\\:'"},
               {"a{|x:1", "a '}' behind them"},
               {"a{|}", "needs conditions"},
               {"a{|x:1}", "a '}' behind them"},
               {"a{x:1|}", "with spaces"},
               {"a{x:1", "with spaces"},
               {"x:1|}", "closes nothing"},
               {"{|x:1|}", "name of the claim is missing"},
               {"a{|b{|c{|d{|e{|f{|g{|h{|i{|x:1|}|}|}|}|}|}|}|}|}",
                "nested too deeply"},
               {"nocase|a~b", "(?i)"},
               {"prefix|a>2", "NAME:VALUE"},
               {"nocase|a{|x:1|}", "after the '{'"},
               {"x:1|nocase", "stands before"},
               {"a{|x:1|prefix|}", "stands before"},
               {"nocase|a:\xc3\xa4", "ASCII"}};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ti_rule_t *rule;
        const char *complaint = parse(&rule, TI_RULE_CLAIM, bad[i].line);

        ck_assert_msg(complaint != NULL, "%s is taken", bad[i].line);
        ck_assert_msg(strstr(complaint, bad[i].says) != NULL, "%s: %s",
                      bad[i].line, complaint);
        ck_assert_ptr_null(rule);
    }
}
END_TEST

START_TEST(a_beginning_is_no_scope_to_ask_for)
{
    ti_rule_t *rule;

    ck_assert_ptr_null(parse(&rule, TI_RULE_CLAIM, "prefix|scope:files."));
    ck_assert_ptr_null(ti_rule_scope(rule));
    ck_assert_ptr_null(parse(&rule, TI_RULE_CLAIM, "nocase|scope:read"));
    ck_assert_str_eq(ti_rule_scope(rule), "read");
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("words");
    TCase *one = tcase_create("words");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, numbers_are_compared_digit_by_digit);
    tcase_add_test(one, an_equal_number_is_equal_to_the_last_digit);
    tcase_add_test(one, what_is_no_number_is_undecided);
    tcase_add_test(one, times_are_compared_with_now_and_with_dates);
    tcase_add_test(one, one_object_of_an_array_meets_all_conditions_in_braces);
    tcase_add_test(one, no_array_of_objects_is_undecided);
    tcase_add_test(one, case_and_beginnings_count_where_that_is_said);
    tcase_add_test(one, lines_of_old_mean_what_they_meant);
    tcase_add_test(one, a_mistake_says_what_to_write);
    tcase_add_test(one, a_beginning_is_no_scope_to_ask_for);
    suite_add_tcase(all, one);
    return all;
}
