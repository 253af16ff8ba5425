/* SPDX-License-Identifier: Apache-2.0 */
#include "cache/checksum.h"

#define mix ti_checksum_mix

/* Two independent sums, so that one multiplication does not wait for the other,
 * and few enough constants to stay in registers. */
apr_uint64_t ti_checksum_end(const ti_checksum_t *secret, apr_uint64_t sum,
                             const apr_uint64_t *from, apr_size_t words)
{
    const apr_uint64_t *last = from + (words & ~(apr_size_t)7);
    const apr_uint64_t *end = from + words;
    apr_uint64_t first = secret->words[0];
    apr_uint64_t second = secret->words[1];
    apr_uint64_t other = sum ^ first;

    for (; from != last; from += 8) {
        sum = mix(*from ^ first, from[1] ^ sum);
        other = mix(from[2] ^ first, from[3] ^ other);
        sum = mix(from[4] ^ first, from[5] ^ sum);
        other = mix(from[6] ^ first, from[7] ^ other);
    }
    for (; from != end; from++) {
        sum = mix(*from ^ first, sum ^ second);
    }
    return mix(sum ^ second, other ^ first);
}
