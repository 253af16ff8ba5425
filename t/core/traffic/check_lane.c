/* SPDX-License-Identifier: Apache-2.0
 *
 * Clients take turns by their address.
 */
#include "traffic/lane.h"

#include <string.h>

#include "tap.h"

static ti_keyring_t *keyring;
static ti_key_t token;

static void keyring_open(void)
{
    unsigned char secret[TI_SECRET_SIZE] = {7};
    ti_key_t identity = {{1}};

    pool_open();
    memset(&token, 9, sizeof(token));
    ck_assert_int_eq(
        ti_keyring_create(&keyring, secret, &identity, "token", pool),
        APR_SUCCESS);
}

static apr_uint32_t lane(const char *text)
{
    apr_sockaddr_t *address;

    ck_assert_int_eq(
        apr_sockaddr_info_get(&address, text, APR_UNSPEC, 0, 0, pool),
        APR_SUCCESS);
    return ti_lane_of(address, keyring, &token);
}

START_TEST(each_ipv4_address_has_its_own)
{
    ck_assert_uint_eq(lane("192.0.2.1"), lane("192.0.2.1"));
    ck_assert_uint_ne(lane("192.0.2.1"), lane("192.0.2.2"));
}
END_TEST

START_TEST(an_ipv6_network_has_one)
{
    ck_assert_uint_eq(lane("2001:db8:1:2::1"), lane("2001:db8:1:2:ffff::7"));
    ck_assert_uint_ne(lane("2001:db8:1:2::1"), lane("2001:db8:1:3::1"));
}
END_TEST

START_TEST(a_mapped_address_is_that_of_ipv4)
{
    ck_assert_uint_eq(lane("::ffff:192.0.2.1"), lane("192.0.2.1"));
    ck_assert_uint_ne(lane("::ffff:192.0.2.1"), lane("::ffff:192.0.2.2"));
}
END_TEST

START_TEST(without_a_client_it_is_the_tokens)
{
    apr_uint32_t first = ti_lane_of(NULL, keyring, &token);

    ck_assert_uint_eq(ti_lane_of(NULL, keyring, &token), first);
    token.bytes[0] ^= 1;
    ck_assert_uint_ne(ti_lane_of(NULL, keyring, &token), first);
}
END_TEST

START_TEST(another_secret_gives_other_lanes)
{
    apr_uint32_t first = lane("192.0.2.1");
    unsigned char secret[TI_SECRET_SIZE] = {8};
    ti_key_t identity = {{1}};

    ck_assert_int_eq(
        ti_keyring_create(&keyring, secret, &identity, "token", pool),
        APR_SUCCESS);
    ck_assert_uint_ne(lane("192.0.2.1"), first);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("lane");
    TCase *one = tcase_create("lane");

    tcase_add_checked_fixture(one, keyring_open, pool_close);
    tcase_add_test(one, each_ipv4_address_has_its_own);
    tcase_add_test(one, an_ipv6_network_has_one);
    tcase_add_test(one, a_mapped_address_is_that_of_ipv4);
    tcase_add_test(one, without_a_client_it_is_the_tokens);
    tcase_add_test(one, another_secret_gives_other_lanes);
    suite_add_tcase(all, one);
    return all;
}
