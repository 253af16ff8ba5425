/* SPDX-License-Identifier: Apache-2.0
 *
 * What threads keep for their digests, they give back when they end.
 *
 * Under ThreadSanitizer too.
 */
#include "shared.h"

#include <malloc.h>

#define THREADS 400
#define ALLOWED ((apr_size_t)16 * 1024) /* of the allocator's own, some kB */

static ti_keyring_t *keyring;

static void keyring_open(void)
{
    unsigned char secret[TI_SECRET_SIZE] = {1};
    ti_key_t identity = {{2}};

    pool_open();
    ck_assert_int_eq(
        ti_keyring_create(&keyring, secret, &identity, "token", pool),
        APR_SUCCESS);
}

static void *derive(void *number)
{
    ti_key_t key;

    (void)number;
    if (ti_key_derive(&key, keyring, "abc", 3) != APR_SUCCESS) {
        abort();
    }
    return NULL;
}

/* Bytes more in use after so many threads, one after another. */
static apr_size_t kept_of(int threads)
{
    apr_size_t before;
    int i;

    crowd(1, derive);
    before = mallinfo2().uordblks;
    for (i = 0; i < threads; i++) {
        crowd(1, derive);
    }
    return mallinfo2().uordblks > before ? mallinfo2().uordblks - before : 0;
}

START_TEST(a_thread_that_ends_leaves_nothing)
{
    ck_assert_int_eq(ti_keys_open(pool), APR_SUCCESS);
    ck_assert_uint_lt(kept_of(THREADS), ALLOWED);
}
END_TEST

START_TEST(a_digest_is_the_same_in_every_thread_and_generation)
{
    apr_pool_t *generation;
    ti_key_t first;
    ti_key_t second;

    ck_assert_int_eq(ti_key_derive(&first, keyring, "abc", 3), APR_SUCCESS);
    apr_pool_create(&generation, pool);
    ck_assert_int_eq(ti_keys_open(generation), APR_SUCCESS);
    crowd(4, derive);
    apr_pool_destroy(generation);
    ck_assert_int_eq(ti_keys_open(pool), APR_SUCCESS);
    ck_assert_int_eq(ti_key_derive(&second, keyring, "abc", 3), APR_SUCCESS);
    ck_assert(ti_key_same(&first, &second, sizeof(first)));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("key");
    TCase *one = tcase_create("key");

    tcase_add_checked_fixture(one, keyring_open, pool_close);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, a_thread_that_ends_leaves_nothing);
    tcase_add_test(one, a_digest_is_the_same_in_every_thread_and_generation);
    suite_add_tcase(all, one);
    return all;
}
