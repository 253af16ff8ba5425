/* SPDX-License-Identifier: Apache-2.0
 *
 * A few words in shared memory that a reader has whole or not at all, without a
 * lock: a checksum stands behind them. What a killed or overtaken writer leaves
 * is nothing.
 */
#ifndef TI_BLOCK_H
#define TI_BLOCK_H

#include <apr.h>

/* Write `count` words; `block` has one more, for the checksum. Of several who
 * write at once one is read, or none. */
void ti_block_write(apr_uint64_t *block, const apr_uint64_t *words,
                    apr_size_t count);

/* Copy them out. Zero: nothing is there, or it was half written; words is
 * undefined then. */
int ti_block_read(apr_uint64_t *words, const apr_uint64_t *block,
                  apr_size_t count);

#endif
