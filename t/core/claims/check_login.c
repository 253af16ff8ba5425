/* SPDX-License-Identifier: Apache-2.0
 *
 * How long ago the person behind a token may have signed in.
 */
#include <apr_strings.h>

#include "claims/login.h"
#include "records.h"

#define NOW apr_time_from_sec(1700000000)
#define AGE apr_time_from_sec(300)

/* Is the age met by this auth_time, as JSON has it? */
static int is_met(const char *time)
{
    ti_login_t login = {NULL, AGE};
    const char *json =
        apr_pstrcat(pool, "{\"auth_time\":", time, ",\"active\":true}", NULL);

    return ti_login_met(&login, claims_of(json), NOW);
}

/* By one of so many seconds after now, in each of the forms? */
static int is_met_at(int later)
{
    static const char *const ends[][2] = {{"", ""}, {"", ".0"}, {"\"", "\""}};
    const char *time = apr_itoa(pool, (int)apr_time_sec(NOW) + later);
    int met = 0;
    int i;

    for (i = 0; i < 3; i++) {
        met += is_met(apr_pstrcat(pool, ends[i][0], time, ends[i][1], NULL));
    }
    ck_assert(met == 0 || met == 3);
    return met;
}

START_TEST(an_age_is_met_until_it_is_over)
{
    ck_assert(is_met_at(0));
    ck_assert(is_met_at(-300));
    ck_assert(!is_met_at(-301));
}
END_TEST

START_TEST(the_clock_of_the_server_may_be_a_minute_ahead)
{
    ck_assert(is_met_at(60));
    ck_assert(!is_met_at(61));
    ck_assert(!is_met_at(400000000));
}
END_TEST

START_TEST(what_is_no_time_does_not_meet_it)
{
    ti_login_t login = {NULL, AGE};

    ck_assert(!ti_login_met(&login, claims_of("{\"active\":true}"), NOW));
    ck_assert(!is_met("null"));
    ck_assert(!is_met("1e300"));
    ck_assert(!is_met("\"soon\""));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("login");
    TCase *tc = tcase_create("login");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_test(tc, an_age_is_met_until_it_is_over);
    tcase_add_test(tc, the_clock_of_the_server_may_be_a_minute_ahead);
    tcase_add_test(tc, what_is_no_time_does_not_meet_it);
    suite_add_tcase(s, tc);
    return s;
}
