/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers in a JSON text that no C type can hold: an integer beyond 64 bits,
 * a real beyond a double. As strings they keep all their digits, and no other
 * number of the answer changes.
 */
#ifndef TI_DIGITS_H
#define TI_DIGITS_H

#include <apr_pools.h>

/* Put such numbers of a JSON text of *length bytes into quotes, in `p`. All
 * else stays as it is, and what is no JSON does not become JSON: a number
 * where a member's name has to stand, or with a leading zero, is left. */
void ti_digits_quote(const char **text, apr_size_t *length, apr_pool_t *p);

#endif
