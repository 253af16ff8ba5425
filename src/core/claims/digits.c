/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/digits.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#define DIGITS "0123456789"

static apr_size_t string_length(const char *text);
static apr_size_t number_length(const char *text);
static int is_too_large(const char *text, apr_size_t length, apr_pool_t *p);
static int is_name(const char *text);

void ti_digits_quote(const char **text, apr_size_t *length, apr_pool_t *p)
{
    const char *from = apr_pstrmemdup(p, *text, *length); /* ends with NUL */
    const char *end = from + *length;
    /* of the shortest number that is too large, "1e309", two more bytes */
    char *quoted = apr_palloc(p, *length * 2 + 1);
    char *to = quoted;

    while (from < end) {
        apr_size_t size = string_length(from);
        int is_quoted = 0;

        if (size == 0) {
            size = number_length(from);
            is_quoted = size > 0 && !is_name(from + size) &&
                        is_too_large(from, size, p);
        }
        size = size > 0 ? size : 1;
        if (is_quoted) {
            *to++ = '"';
        }
        memcpy(to, from, size);
        to += size;
        from += size;
        if (is_quoted) {
            *to++ = '"';
        }
    }
    *text = quoted;
    *length = (apr_size_t)(to - quoted);
}

/* Bytes of the string that begins here, with its quotes; 0: none does. */
static apr_size_t string_length(const char *text)
{
    apr_size_t i = 1;

    if (*text != '"') {
        return 0;
    }
    while (text[i] != '"' && text[i] != '\0') {
        i += text[i] == '\\' && text[i + 1] != '\0' ? 2 : 1;
    }
    return text[i] == '"' ? i + 1 : i;
}

/* Bytes of the number of RFC 8259 6 that begins here; 0: none does. */
static apr_size_t number_length(const char *text)
{
    const char *c = text + (*text == '-');
    apr_size_t digits = strspn(c, DIGITS);

    if (digits == 0 || (digits > 1 && *c == '0')) {
        return 0;
    }
    c += digits;
    if (*c == '.' && strspn(c + 1, DIGITS) > 0) {
        c += 1 + strspn(c + 1, DIGITS);
    }
    if (*c == 'e' || *c == 'E') {
        const char *power = c + 1 + (c[1] == '+' || c[1] == '-');

        c = strspn(power, DIGITS) > 0 ? power + strspn(power, DIGITS) : c;
    }
    return (apr_size_t)(c - text);
}

static int is_too_large(const char *text, apr_size_t length, apr_pool_t *p)
{
    const char *number = apr_pstrmemdup(p, text, length);

    errno = 0;
    if (strpbrk(number, ".eE") != NULL) {
        return isinf(strtod(number, NULL));
    }
    (void)apr_strtoi64(number, NULL, 10);
    return errno == ERANGE;
}

/* Is what ends here a member's name: does a colon follow? */
static int is_name(const char *text)
{
    return text[strspn(text, " \t\r\n")] == ':';
}
