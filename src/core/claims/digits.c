/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/digits.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "claims/decimal.h"
#include "claims/lexeme.h"
#include "claims/moment.h"

/* Bytes of one real: more would be too long for export. */
#define WRITTEN_MAX 8192

static const char *next_real(ti_digits_t *digits, apr_size_t *length);
static int is_real(const char *text, apr_size_t length);
static int is_too_large(const char *text, apr_size_t length, apr_pool_t *p);

void ti_digits_quote(const char **text, apr_size_t *length, apr_pool_t *p)
{
    const char *from = apr_pstrmemdup(p, *text, *length); /* ends with NUL */
    const char *end = from + *length;
    /* of the shortest number that is too large, "1e309", two more bytes */
    char *quoted = apr_palloc(p, *length * 2 + 1);
    char *to = quoted;

    while (from < end) {
        apr_size_t size = ti_lexeme_string(from);
        int is_quoted = 0;

        if (size == 0) {
            size = ti_lexeme_number(from);
            is_quoted = size > 0 && !ti_lexeme_is_name(from + size) &&
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

void ti_digits_open(ti_digits_t *digits, const char *text, apr_size_t length,
                    apr_pool_t *p)
{
    digits->text = text;
    digits->length = length;
    digits->at = NULL;
    digits->p = p;
}

const char *ti_digits_real(ti_digits_t *digits, double real)
{
    const char *text = ti_moment_real_text(real, digits->p);
    const char *written;
    apr_size_t length = 0;
    ti_decimal_t one;
    ti_decimal_t other;

    if (digits->at == NULL) {
        digits->at = apr_pstrmemdup(digits->p, digits->text, digits->length);
    }
    written = next_real(digits, &length);
    if (written == NULL || (ti_decimal_read(&one, written, length) &&
                            ti_decimal_read(&other, text, strlen(text)) &&
                            ti_decimal_compare(&one, &other) == 0)) {
        return text;
    }
    if (length > WRITTEN_MAX) {
        return NULL;
    }
    return apr_pstrmemdup(digits->p, written, length);
}

static const char *next_real(ti_digits_t *digits, apr_size_t *length)
{
    while (*digits->at != '\0') {
        const char *begin = digits->at;
        apr_size_t size = ti_lexeme_string(begin);

        *length = size == 0 ? ti_lexeme_number(begin) : 0;
        size += *length;
        digits->at += size > 0 ? size : 1;
        if (is_real(begin, *length)) {
            return begin;
        }
    }
    return NULL;
}

static int is_real(const char *text, apr_size_t length)
{
    apr_size_t i = 0;

    while (i < length && strchr(".eE", text[i]) == NULL) {
        i++;
    }
    return i < length;
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
