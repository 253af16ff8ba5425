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

/* A look at the reals of a JSON text, one after the other: a double does not
 * keep all digits of each. */
typedef struct ti_digits_t {
    const char *text; /* who gave it owns it */
    apr_size_t length;
    const char *at; /* in a copy, made at the first real; NULL: none yet */
    apr_pool_t *p;
} ti_digits_t;

void ti_digits_open(ti_digits_t *digits, const char *text, apr_size_t length,
                    apr_pool_t *p);

/* The next number with a fraction or an exponent, outside of strings, which
 * `real` has been read from: in the fewest digits that make the same double, if
 * these are all, else as it stands there; NULL when that is too long for
 * export. In `p`. */
const char *ti_digits_real(ti_digits_t *digits, double real);

#endif
