/* SPDX-License-Identifier: Apache-2.0
 *
 * Which log lines are written, and what is said of those that are not.
 */
#include "base/ratelimit.h"

#include <apr_strings.h>

#include "lastline.h"
#include "tap.h"

static void tell(ti_ratelimit_t *pace, apr_time_t now, ti_level_t level, int id,
                 const char *subject, const char *text)
{
    ti_line_t line = {level, id, subject, text};

    ti_ratelimit_log(pace, now, &log_info, &line);
}

START_TEST(a_message_is_written_once_per_interval_with_what_was_left_out)
{
    ti_ratelimit_t *pace =
        ti_ratelimit_open(apr_pcalloc(pool, ti_ratelimit_size()));
    apr_time_t now = apr_time_from_sec(1000);

    lines = 0;
    tell(pace, now, TI_LOG_ERROR, 41, "as", "down");
    tell(pace, now + 1, TI_LOG_ERROR, 41, "as", "down");
    tell(pace, now + TI_RATELIMIT_INTERVAL - 1, TI_LOG_ERROR, 41, "as", "down");
    ck_assert_int_eq(lines, 1);
    ck_assert_str_eq(last, "MAI0041: down");
    tell(pace, now + TI_RATELIMIT_INTERVAL, TI_LOG_ERROR, 41, "as", "down");
    ck_assert_int_eq(lines, 2);
    ck_assert_str_eq(last, "MAI0041: down (and 2 more like it left out)");
}
END_TEST

START_TEST(what_was_left_out_of_an_earlier_outage_is_told_as_such)
{
    ti_ratelimit_t *pace =
        ti_ratelimit_open(apr_pcalloc(pool, ti_ratelimit_size()));
    apr_time_t now = apr_time_from_sec(100000);
    apr_interval_time_t day = apr_time_from_sec(86400);

    tell(pace, now, TI_LOG_ERROR, 41, "as", "down");
    tell(pace, now + 1, TI_LOG_ERROR, 41, "as", "down");
    now += TI_RATELIMIT_INTERVAL + day;
    tell(pace, now, TI_LOG_ERROR, 41, "as", "down");
    ck_assert_str_eq(last, "MAI0041: down (and 1 more like it left out, at "
                           "least 1440 minutes ago)");
    tell(pace, now + 1, TI_LOG_ERROR, 41, "as", "down");
    now += TI_RATELIMIT_INTERVAL + TI_RATELIMIT_EARLIER;
    tell(pace, now, TI_LOG_ERROR, 41, "as", "down");
    ck_assert_str_eq(last, "MAI0041: down (and 1 more like it left out, at "
                           "least 10 minutes ago)");
    tell(pace, now + 1, TI_LOG_ERROR, 41, "as", "down");
    now += TI_RATELIMIT_INTERVAL + TI_RATELIMIT_EARLIER - 1;
    tell(pace, now, TI_LOG_ERROR, 41, "as", "down");
    ck_assert_str_eq(last, "MAI0041: down (and 1 more like it left out)");
}
END_TEST

START_TEST(one_message_does_not_hold_up_another)
{
    ti_ratelimit_t *pace =
        ti_ratelimit_open(apr_pcalloc(pool, ti_ratelimit_size()));

    lines = 0;
    tell(pace, 1, TI_LOG_ERROR, 41, "as", "a");
    tell(pace, 1, TI_LOG_ERROR, 42, "as", "b");
    tell(pace, 1, TI_LOG_DEBUG, 43, "as", "not on");
    tell(pace, 1, TI_LOG_ERROR, 41, "another as", "a");
    tell(pace, 1, TI_LOG_ERROR, 41, "another as", "a");
    tell(NULL, 1, TI_LOG_ERROR, 41, "as", "c");
    tell(NULL, 1, TI_LOG_ERROR, 41, "as", "d");
    tell(pace, 1, TI_LOG_ERROR, 4711, "as", "e");
    tell(pace, 1, TI_LOG_ERROR, 4711, "as", "f");
    ck_assert_int_eq(lines, 7);
}
END_TEST

START_TEST(what_is_admitted_at_an_interval_says_how_much_was_not)
{
    ti_ratelimit_t *pace =
        ti_ratelimit_open(apr_pcalloc(pool, ti_ratelimit_size()));
    apr_interval_time_t minute = apr_time_from_sec(60);
    apr_time_t now = apr_time_from_sec(1000);
    apr_uint32_t left_out = 7;
    int i;

    ck_assert(ti_ratelimit_admits(&left_out, pace, 22, "a", minute, now));
    ck_assert_uint_eq(left_out, 0);
    for (i = 1; i <= 5; i++) {
        ck_assert(!ti_ratelimit_admits(&left_out, pace, 22, "a", minute,
                                       now + minute - i));
    }
    ck_assert(ti_ratelimit_admits(&left_out, pace, 22, "b", minute, now));
    ck_assert(
        ti_ratelimit_admits(&left_out, pace, 22, "a", minute, now + minute));
    ck_assert_uint_eq(left_out, 5);
    ck_assert(ti_ratelimit_admits(&left_out, NULL, 22, "a", minute, now));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("pace");
    TCase *one = tcase_create("pace");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(
        one, a_message_is_written_once_per_interval_with_what_was_left_out);
    tcase_add_test(one, what_was_left_out_of_an_earlier_outage_is_told_as_such);
    tcase_add_test(one, one_message_does_not_hold_up_another);
    tcase_add_test(one, what_is_admitted_at_an_interval_says_how_much_was_not);
    suite_add_tcase(all, one);
    return all;
}
