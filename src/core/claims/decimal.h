/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as they are written, of any size and precision: compared digit by
 * digit, never as a double.
 */
#ifndef TI_DECIMAL_H
#define TI_DECIMAL_H

#include <apr.h>

/* A number; it points into the text that it was read from. */
typedef struct ti_decimal_t {
    int sign;           /* -1, 0 or 1; -0 is 0 */
    apr_int64_t power;  /* the power of ten of its first digit */
    const char *digits; /* from the first that is not 0, perhaps with a '.' */
    const char *end;    /* behind the last */
} ti_decimal_t;

/* Read all of `length` bytes as a number as strtod knows it, without inf, nan
 * and hexadecimal ones. Zero when it is none, or its exponent has too many
 * digits. */
int ti_decimal_read(ti_decimal_t *decimal, const char *text, apr_size_t length);

/* Below, at or above 0 as `one` is less than, equal to or greater than
 * `other`. */
int ti_decimal_compare(const ti_decimal_t *one, const ti_decimal_t *other);

#endif
