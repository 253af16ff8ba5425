/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/decimal.h"

#include <string.h>

#include <apr_lib.h>

/* Digits of an exponent: far below what could overflow its type. */
#define EXPONENT_DIGITS 15

static const char *read_digits(ti_decimal_t *decimal, const char *text,
                               const char *end);
static int read_exponent(ti_decimal_t *decimal, const char *text,
                         const char *end);
static int compare_digits(const ti_decimal_t *one, const ti_decimal_t *other);
static int next_digit(const char **at, const char *end);

int ti_decimal_read(ti_decimal_t *decimal, const char *text, apr_size_t length)
{
    const char *end = text + length;
    int sign = 1;

    memset(decimal, 0, sizeof(*decimal));
    if (text < end && (*text == '-' || *text == '+')) {
        sign = *text++ == '-' ? -1 : 1;
    }
    text = read_digits(decimal, text, end);
    decimal->sign *= sign;
    return text != NULL && read_exponent(decimal, text, end);
}

/* Where the digits end; NULL: there are none. */
static const char *read_digits(ti_decimal_t *decimal, const char *text,
                               const char *end)
{
    const char *point = NULL;
    apr_int64_t before = 0; /* digits before the point, from the first on */
    apr_int64_t zeros = 0;  /* behind the point, before the first digit */
    int any = 0;

    for (; text < end && (apr_isdigit(*text) || (*text == '.' && !point));
         text++) {
        if (*text == '.') {
            point = text;
            continue;
        }
        any = 1;
        if (decimal->digits == NULL && *text != '0') {
            decimal->digits = text;
            decimal->sign = 1;
        }
        before += decimal->digits != NULL && point == NULL;
        zeros += decimal->digits == NULL && point != NULL;
    }
    decimal->end = text;
    decimal->power = before > 0 ? before - 1 : -zeros - 1;
    return any ? text : NULL;
}

static int read_exponent(ti_decimal_t *decimal, const char *text,
                         const char *end)
{
    apr_int64_t exponent = 0;
    int negative;
    const char *first;

    if (text == end) {
        return 1;
    }
    if (*text != 'e' && *text != 'E') {
        return 0;
    }
    text++;
    negative = text < end && *text == '-';
    text += text < end && (*text == '-' || *text == '+');
    while (end - text > 1 && *text == '0') {
        text++;
    }
    for (first = text; text < end && apr_isdigit(*text); text++) {
        if (text - first == EXPONENT_DIGITS) {
            return 0;
        }
        exponent = exponent * 10 + (*text - '0');
    }
    decimal->power += negative ? -exponent : exponent;
    return text == end && text != first;
}

int ti_decimal_compare(const ti_decimal_t *one, const ti_decimal_t *other)
{
    int way;

    if (one->sign != other->sign || one->sign == 0) {
        return one->sign - other->sign;
    }
    if (one->power != other->power) {
        way = one->power < other->power ? -1 : 1;
    } else {
        way = compare_digits(one, other);
    }
    return one->sign * way;
}

static int compare_digits(const ti_decimal_t *one, const ti_decimal_t *other)
{
    const char *a = one->digits;
    const char *b = other->digits;
    int way = 0;

    while (way == 0 && (a < one->end || b < other->end)) {
        way = next_digit(&a, one->end) - next_digit(&b, other->end);
    }
    return way;
}

/* Behind the last digit come zeros. */
static int next_digit(const char **at, const char *end)
{
    if (*at < end && **at == '.') {
        (*at)++;
    }
    return *at < end ? *(*at)++ - '0' : 0;
}
