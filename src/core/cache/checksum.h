/* SPDX-License-Identifier: Apache-2.0
 *
 * The keyed checksum of a cell: 64-bit multiply and fold, the step of wyhash
 * and rapidhash. Each step multiplies two words, each XORed with the secret or
 * with the sum so far, and XORs the halves of the product.
 *
 * It must detect a copy that was taken while a writer was at work, and so
 * consists of parts of two cells. The writer of one of them may be an
 * attacker who chooses claims, but sees neither secret nor sum. Such a copy
 * passes with a probability of about 2^-64: 128 random bits go into the sum, a
 * change of one bit changes each bit of it with a probability of one half
 * (check_checksum measures that), and no word cancels another unless it equals
 * 64 bits of the secret. It is no authentication code: with known sums a secret
 * could be found. Seals have one (seal.h).
 */
#ifndef TI_CHECKSUM_H
#define TI_CHECKSUM_H

#include <apr.h>

/* The secret: random, made with the table. */
typedef struct ti_checksum_t {
    apr_uint64_t words[2];
} ti_checksum_t;

/* One step; each bit of either word reaches all bits. */
static inline apr_uint64_t ti_checksum_mix(apr_uint64_t one, apr_uint64_t other)
{
    unsigned __int128 product = (unsigned __int128)one * other;

    return (apr_uint64_t)product ^ (apr_uint64_t)(product >> 64);
}

/* Begin a sum with one word. */
static inline apr_uint64_t ti_checksum_begin(const ti_checksum_t *secret,
                                             apr_uint64_t word)
{
    return secret->words[1] ^ word;
}

/* Add two words to a sum. */
static inline apr_uint64_t ti_checksum_add(const ti_checksum_t *secret,
                                           apr_uint64_t sum, apr_uint64_t one,
                                           apr_uint64_t two)
{
    return ti_checksum_mix(one ^ secret->words[0], two ^ sum);
}

/* End a sum with this many words of memory. */
apr_uint64_t ti_checksum_end(const ti_checksum_t *secret, apr_uint64_t sum,
                             const apr_uint64_t *from, apr_size_t words);

#endif
