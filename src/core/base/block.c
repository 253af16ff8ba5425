/* SPDX-License-Identifier: Apache-2.0 */
#include "base/block.h"

#include "base/atomic.h"

/* FNV-1a's. That of words of zero is none: fresh memory is not a block. */
#define OFFSET APR_UINT64_C(0xcbf29ce484222325)
#define PRIME APR_UINT64_C(0x100000001b3)

static apr_uint64_t add(apr_uint64_t sum, apr_uint64_t word);

void ti_block_write(apr_uint64_t *block, const apr_uint64_t *words,
                    apr_size_t count)
{
    apr_uint64_t sum = OFFSET;
    apr_size_t i;

    for (i = 0; i < count; i++) {
        TI_STORE(block[i], words[i]);
        sum = add(sum, words[i]);
    }
    TI_STORE(block[count], sum);
}

int ti_block_read(apr_uint64_t *words, const apr_uint64_t *block,
                  apr_size_t count)
{
    apr_uint64_t sum = OFFSET;
    apr_size_t i;

    for (i = 0; i < count; i++) {
        words[i] = TI_LOAD(block[i]);
        sum = add(sum, words[i]);
    }
    return TI_LOAD(block[count]) == sum;
}

static apr_uint64_t add(apr_uint64_t sum, apr_uint64_t word)
{
    sum = (sum ^ word) * PRIME;
    return sum ^ (sum >> 29);
}
