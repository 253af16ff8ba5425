/* SPDX-License-Identifier: Apache-2.0
 *
 * The checksum of cells: vectors from an implementation in another language,
 * and what it does when bits change.
 */
#include "cache/checksum.h"

#include "shared.h"

#define WORDS 19
#define STEP APR_UINT64_C(0x9e3779b97f4a7c15)

static const ti_checksum_t secret = {
    {APR_UINT64_C(0x0123456789abcdef), APR_UINT64_C(0xfedcba9876543210)}};

static apr_uint64_t words[WORDS];

static void fill(void)
{
    int i;

    for (i = 0; i < WORDS; i++) {
        words[i] = (apr_uint64_t)(i + 1) * STEP;
    }
}

static apr_uint64_t sum_of(apr_size_t count)
{
    apr_uint64_t sum = ti_checksum_begin(&secret, 42);

    sum = ti_checksum_add(&secret, sum, 1, 2);
    return ti_checksum_end(&secret, sum, words, count);
}

START_TEST(the_sums_are_those_of_the_vectors)
{
    ck_assert(sum_of(0) == APR_UINT64_C(0xa67b058b404463ac));
    ck_assert(sum_of(3) == APR_UINT64_C(0x3fac35208649c6b2));
    ck_assert(sum_of(8) == APR_UINT64_C(0x3b8e133170a28a73));
    ck_assert(sum_of(19) == APR_UINT64_C(0x766cf00c4751e395));
}
END_TEST

/* Of 64 bits half change: 32 on average, and never so few that it would not
 * be chance in less than one of a million. */
START_TEST(each_bit_of_the_words_changes_half_of_the_sum)
{
    apr_uint64_t plain = sum_of(WORDS);
    int changed = 0;
    int i;

    for (i = 0; i < WORDS * 64; i++) {
        int bits;

        words[i / 64] ^= (apr_uint64_t)1 << (i % 64);
        bits = __builtin_popcountll(sum_of(WORDS) ^ plain);
        words[i / 64] ^= (apr_uint64_t)1 << (i % 64);
        ck_assert_int_ge(bits, 12);
        changed += bits;
    }
    ck_assert_int_ge(changed, WORDS * 64 * 31);
    ck_assert_int_le(changed, WORDS * 64 * 33);
}
END_TEST

START_TEST(words_that_change_places_change_the_sum)
{
    apr_uint64_t plain = sum_of(WORDS);
    int i;
    int j;

    for (i = 0; i < WORDS; i++) {
        for (j = 0; j < i; j++) {
            apr_uint64_t word = words[i];

            words[i] = words[j];
            words[j] = word;
            ck_assert(sum_of(WORDS) != plain);
            words[j] = words[i];
            words[i] = word;
        }
    }
}
END_TEST

/* What a copy looks like that was taken while a writer was at work. */
START_TEST(two_halves_are_no_whole)
{
    apr_uint64_t plain = sum_of(WORDS);
    apr_size_t i;

    for (i = 1; i < WORDS; i++) {
        memset(words, 0, i * sizeof(words[0]));
        ck_assert(sum_of(WORDS) != plain);
        fill();
        memset(words + i, 0, (WORDS - i) * sizeof(words[0]));
        ck_assert(sum_of(WORDS) != plain);
        fill();
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("checksum");
    TCase *one = tcase_create("checksum");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, fill, NULL);
    tcase_add_test(one, the_sums_are_those_of_the_vectors);
    tcase_add_test(one, each_bit_of_the_words_changes_half_of_the_sum);
    tcase_add_test(one, words_that_change_places_change_the_sum);
    tcase_add_test(one, two_halves_are_no_whole);
    suite_add_tcase(all, one);
    return all;
}
