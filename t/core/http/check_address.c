/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses of authorization servers: behind sockets, and in one spelling.
 */
#include "http/address.h"

#include <string.h>

#include <apr_strings.h>

#include "tap.h"

START_TEST(a_socket_stands_in_front_of_a_url)
{
    const char *address = "unix:/run/as.sock|http://as.example/i";

    ck_assert_ptr_null(ti_address_complaint(address, 0, pool));
    ck_assert_str_eq(ti_address_socket(address, pool), "/run/as.sock");
    ck_assert_str_eq(ti_address_url(address), "http://as.example/i");
    ck_assert(!ti_address_is_plain(address));
    ck_assert_ptr_null(ti_address_socket("http://as.example/i", pool));
    ck_assert_str_eq(ti_address_url("http://as.example/i|x"),
                     "http://as.example/i|x");
    ck_assert(ti_address_is_plain("HTTP://as.example/i"));
    ck_assert(!ti_address_is_plain("https://as.example/i"));
}
END_TEST

START_TEST(a_socket_has_a_whole_path_and_a_url)
{
    const char *fill = apr_psprintf(pool, "%0107d", 0);
    const char *const bad[] = {
        "unix:as.sock|http://localhost/",
        "unix:|http://localhost/",
        "unix:/run/as.sock",
        "unix:/run/as.sock|",
        "unix:/run/as.sock|file:///x",
        "unix:/run/as.sock|http://a:b@localhost/",
        "unix:/run/as.sock|unix:/run/as.sock|http://localhost/",
        "UNIX:/run/as.sock|http://localhost/",
        apr_pstrcat(pool, "unix:/", fill, "|http://localhost/", NULL)};
    apr_size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(ti_address_complaint(bad[i], 1, pool) != NULL, "%s",
                      bad[i]);
    }
    ck_assert_ptr_null(ti_address_complaint(
        apr_pstrcat(pool, "unix:/", fill + 1, "|http://localhost/", NULL), 0,
        pool));
}
END_TEST

START_TEST(the_host_is_the_one_that_is_asked)
{
    static const char *const good[] = {"https://as.example/i",
                                       "https://AS.example:8443/i",
                                       "http://127.0.0.1/",
                                       "http://[::1]:8080/i",
                                       "https://[2001:db8::1]/i",
                                       "https://as_1.example/i",
                                       "https://[2001:DB8:0:0:0:0:0:1]/i",
                                       "https://[fe80:0::1%25lo]/i"};
    static const char *const bad[] = {"https://]/i",
                                      "https://[as.example/i",
                                      "https://[::g]/i",
                                      "https://[0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:"
                                      "0:0:0:0:0:0:0:0:0:1]/i",
                                      "https://as example/i",
                                      "https://as.example\\@127.0.0.1/i",
                                      "https://as.exam%70le/i",
                                      "https://as.example;x/i",
                                      "unix:/run/as.sock|http://]"};
    apr_size_t i;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ck_assert_msg(ti_address_complaint(good[i], 0, pool) == NULL, "%s",
                      good[i]);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(ti_address_complaint(bad[i], 1, pool) != NULL, "%s",
                      bad[i]);
    }
    ck_assert_str_eq(ti_address_complaint("https://as.exam%70le/i", 1, pool),
                     "'https://as.exam%70le/i' has a host that is neither a "
                     "name nor an address: write https://HOST/PATH");
    ck_assert_str_eq(ti_address_complaint("https://as.example/a b", 1, pool),
                     "'https://as.example/a b' holds a space: write %20");
    ck_assert_str_eq(ti_address_canonical("http://[::1]:8080/i", pool),
                     "http://[::1]:8080/i");
}
END_TEST

static int is_one(const char *one, const char *other)
{
    return strcmp(ti_address_canonical(one, pool),
                  ti_address_canonical(other, pool)) == 0;
}

START_TEST(spellings_of_one_resource_are_one)
{
    static const char *const same[][2] = {
        {"https://as.example/i", "https://as.example/i?"},
        {"https://as.example/i", "HTTPS://AS.Example:443/i"},
        {"https://as.example", "https://as.example/"},
        {"http://127.0.0.1:80/i", "http://127.0.0.1/i"},
        {"https://[2001:DB8::1]/i", "https://[2001:db8::1]:443/i"},
        {"https://as.example:/i", "https://as.example/i"}};
    static const char *const other[][2] = {
        {"https://as.example/i", "https://as.example/I"},
        {"https://as.example/i", "https://as.example/i/"},
        {"https://as.example/i", "https://as.example/i?x"},
        {"https://as.example/i", "http://as.example/i"},
        {"https://as.example/i", "https://as.example:8443/i"},
        {"http://localhost/i", "unix:/a|http://localhost/i"},
        {"unix:/A|http://localhost/i", "unix:/a|http://localhost/i"}};
    apr_size_t i;

    for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        ck_assert_msg(is_one(same[i][0], same[i][1]), "%s", same[i][1]);
    }
    for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        ck_assert_msg(!is_one(other[i][0], other[i][1]), "%s", other[i][1]);
    }
}
END_TEST

START_TEST(an_origin_is_scheme_host_and_port)
{
    static const char *const same[][2] = {
        {"https://as.example/i", "HTTPS://AS.example:443/j?x"},
        {"https://as.example", "https://as.example/j"},
        {"unix:/a|http://localhost/i", "unix:/a|http://localhost/j"}};
    static const char *const other[][2] = {
        {"https://as.example/i", "http://as.example/i"},
        {"https://as.example/i", "https://as.example:8443/i"},
        {"https://as.example/i", "https://as.example.net/i"},
        {"https://as.example/i", "https://b.as.example/i"},
        {"http://localhost/i", "unix:/a|http://localhost/i"}};
    apr_size_t i;

    for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        ck_assert_msg(ti_address_same_origin(same[i][0], same[i][1], pool),
                      "%s", same[i][1]);
    }
    for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        ck_assert_msg(!ti_address_same_origin(other[i][0], other[i][1], pool),
                      "%s", other[i][1]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("address");
    TCase *one = tcase_create("address");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, a_socket_stands_in_front_of_a_url);
    tcase_add_test(one, a_socket_has_a_whole_path_and_a_url);
    tcase_add_test(one, the_host_is_the_one_that_is_asked);
    tcase_add_test(one, spellings_of_one_resource_are_one);
    tcase_add_test(one, an_origin_is_scheme_host_and_port);
    suite_add_tcase(all, one);
    return all;
}
