/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/lexeme.h"

#include <string.h>

#define DIGITS "0123456789"

apr_size_t ti_lexeme_string(const char *text)
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

apr_size_t ti_lexeme_number(const char *text)
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

int ti_lexeme_is_number(const char *text, apr_size_t length)
{
    return length > 0 && ti_lexeme_number(text) == length;
}

int ti_lexeme_is_name(const char *end)
{
    return end[strspn(end, " \t\r\n")] == ':';
}
