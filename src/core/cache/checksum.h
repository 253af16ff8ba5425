/* SPDX-License-Identifier: Apache-2.0
 *
 * The keyed checksum of a cell: 64-bit multiply and fold, the step of wyhash
 * and rapidhash. Each step multiplies two words, each XORed with the secret or
 * with the sum so far, and XORs the halves of the product.
 *
 * It must detect a torn copy: one that was taken during a write and consists of
 * parts of two cells. An attacker may choose the claims in one of the cells,
 * but sees neither the secret nor a sum. A torn copy passes with a probability
 * of about 2^-64: 128 random bits go into the sum; a change of one input bit
 * flips each bit of the sum with a probability of one half (check_checksum
 * measures that); and no word cancels another unless it equals 64 bits of the
 * secret. It is no authentication code: known sums could reveal the secret. For
 * that, see seal.h.
 */
#ifndef TI_CHECKSUM_H
#define TI_CHECKSUM_H

#include <apr.h>

/* The secret: random, made with the table. */
typedef struct ti_checksum_t {
    apr_uint64_t words[2];
} ti_checksum_t;

/* One step: each bit of either word affects all bits of the result. */
static inline apr_uint64_t ti_checksum_mix(apr_uint64_t one, apr_uint64_t other)
{
    unsigned __int128 product = (unsigned __int128)one * other;

    return (apr_uint64_t)product ^ (apr_uint64_t)(product >> 64);
}

/* Begin a sum with a word. */
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

/* Add `words` words of memory and end the sum. */
apr_uint64_t ti_checksum_end(const ti_checksum_t *secret, apr_uint64_t sum,
                             const apr_uint64_t *from, apr_size_t words);

#endif
