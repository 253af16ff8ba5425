/* SPDX-License-Identifier: Apache-2.0
 *
 * The key of the token that a connection sent last: always that which a digest
 * gives.
 */
#include "base/bearer.h"
#include "base/recent.h"

#include "records.h"

static ti_recent_t recent;
static ti_keyring_t *keyring;

static ti_keyring_t *keyring_of(const char *domain, apr_pool_t *p)
{
    static const char secret[TI_SECRET_SIZE] = "secret";
    ti_keyring_t *made;
    ti_key_t identity;

    ck_assert_int_eq(ti_key_digest(&identity, "server", 6), APR_SUCCESS);
    ck_assert_int_eq(ti_keyring_create(&made, secret, &identity, domain, p),
                     APR_SUCCESS);
    return made;
}

static void all_open(void)
{
    pool_open();
    memset(&recent, 0, sizeof(recent));
    keyring = keyring_of("token", pool);
    ck_assert_int_eq(ti_recent_open(), APR_SUCCESS);
}

/* A token of so many bytes. */
static char *token_of(apr_size_t length)
{
    char *token = exact(apr_pcalloc(pool, length), length);
    apr_size_t i;

    for (i = 0; i < length; i++) {
        token[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[i * 7 % 36];
    }
    return token;
}

/* Is the key of this token, with what is remembered, what a digest gives? */
static int is_right(const ti_keyring_t *whose, const char *token,
                    apr_size_t length)
{
    ti_key_t key;
    ti_key_t wanted;

    return ti_recent_key(&key, &recent, whose, token, length) == APR_SUCCESS &&
           ti_key_derive(&wanted, whose, token, length) == APR_SUCCESS &&
           ti_key_same(key.bytes, wanted.bytes, TI_KEY_SIZE);
}

static int is_remembered(const char *token, apr_size_t length)
{
    ti_key_t key;
    ti_key_t kept = recent.key;

    memset(&recent.key, 7, sizeof(recent.key));
    ck_assert_int_eq(ti_recent_key(&key, &recent, keyring, token, length),
                     APR_SUCCESS);
    if (key.bytes[0] == 7 && key.bytes[TI_KEY_SIZE - 1] == 7) {
        recent.key = kept;
        return 1;
    }
    return 0;
}

START_TEST(the_key_is_that_of_the_digest_the_first_time_and_later)
{
    apr_size_t length;

    for (length = 1; length <= 200; length++) {
        const char *token = token_of(length);

        ck_assert(is_right(keyring, token, length));
        ck_assert(is_right(keyring, token, length));
        ck_assert(is_remembered(token, length));
    }
    ck_assert(is_right(keyring, token_of(TI_BEARER_MAX), TI_BEARER_MAX));
    ck_assert(is_remembered(token_of(TI_BEARER_MAX), TI_BEARER_MAX));
}
END_TEST

START_TEST(a_token_that_differs_in_any_one_byte_has_its_own_key)
{
    apr_size_t length;
    apr_size_t i;

    for (length = 1; length <= 70; length++) {
        char *token = token_of(length);

        for (i = 0; i < length; i++) {
            char *other = token_of(length);

            ck_assert(is_right(keyring, token, length));
            other[i] = other[i] == 'Z' ? 'Y' : 'Z';
            ck_assert(is_right(keyring, other, length));
        }
    }
}
END_TEST

START_TEST(a_token_that_is_longer_or_shorter_has_its_own_key)
{
    char *token = token_of(40);
    apr_size_t length;

    for (length = 1; length <= 40; length++) {
        ck_assert(is_right(keyring, token, 40));
        ck_assert(is_right(keyring, exact(token, length), length));
    }
}
END_TEST

START_TEST(halves_that_change_places_are_another_token)
{
    const char *one = "0123456789abcdefFEDCBA9876543210";
    const char *other = "FEDCBA98765432100123456789abcdef";
    const char *words = "89abcdef01234567FEDCBA9876543210";

    ck_assert(is_right(keyring, exact(one, 32), 32));
    ck_assert(is_right(keyring, exact(other, 32), 32));
    ck_assert(is_right(keyring, exact(one, 32), 32));
    ck_assert(is_right(keyring, exact(words, 32), 32));
}
END_TEST

START_TEST(another_server_or_use_has_its_own_key)
{
    ti_keyring_t *documents = keyring_of("jwks", pool);

    ck_assert(is_right(keyring, "token", 5));
    ck_assert(is_right(documents, "token", 5));
    ck_assert(is_right(keyring, "token", 5));
}
END_TEST

START_TEST(also_where_its_keyring_lies_where_another_lay)
{
    const char *const domains[] = {"a", "b", "c", "d"};
    apr_pool_t *p;
    apr_size_t i;

    apr_pool_create(&p, pool);
    for (i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
        ck_assert(is_right(keyring_of(domains[i], p), "token", 5));
        apr_pool_clear(p);
    }
}
END_TEST

START_TEST(what_is_no_token_is_refused_and_forgets_nothing)
{
    char *long_one = token_of(TI_BEARER_MAX + 1);
    ti_key_t key;

    ck_assert(is_right(keyring, "token", 5));
    ck_assert_int_eq(ti_recent_key(&key, &recent, keyring, "to en", 5),
                     APR_EINVAL);
    ck_assert_int_eq(ti_recent_key(&key, &recent, keyring, "", 0), APR_EINVAL);
    ck_assert_int_eq(
        ti_recent_key(&key, &recent, keyring, long_one, TI_BEARER_MAX + 1),
        APR_EINVAL);
    ck_assert(is_remembered("token", 5));
}
END_TEST

START_TEST(nothing_needs_to_be_remembered)
{
    ti_key_t key;
    ti_key_t wanted;

    ck_assert_int_eq(ti_recent_key(&key, NULL, keyring, "token", 5),
                     APR_SUCCESS);
    ck_assert_int_eq(ti_key_derive(&wanted, keyring, "token", 5), APR_SUCCESS);
    ck_assert(ti_key_same(key.bytes, wanted.bytes, TI_KEY_SIZE));
    ck_assert_int_eq(ti_recent_key(&key, NULL, keyring, "to en", 5),
                     APR_EINVAL);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("recent");
    TCase *one = tcase_create("recent");

    tcase_add_checked_fixture(one, all_open, pool_close);
    tcase_add_test(one, the_key_is_that_of_the_digest_the_first_time_and_later);
    tcase_add_test(one, a_token_that_differs_in_any_one_byte_has_its_own_key);
    tcase_add_test(one, a_token_that_is_longer_or_shorter_has_its_own_key);
    tcase_add_test(one, halves_that_change_places_are_another_token);
    tcase_add_test(one, another_server_or_use_has_its_own_key);
    tcase_add_test(one, also_where_its_keyring_lies_where_another_lay);
    tcase_add_test(one, what_is_no_token_is_refused_and_forgets_nothing);
    tcase_add_test(one, nothing_needs_to_be_remembered);
    suite_add_tcase(all, one);
    return all;
}
