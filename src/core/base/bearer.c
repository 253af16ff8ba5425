/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bearer.h"

/* 1 for the characters of a b64token but '='. A table, for the hot path. */
static const char allowed[256] = {
    ['+'] = 1, ['-'] = 1, ['.'] = 1, ['/'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1,
    ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
    ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1,
    ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1,
    ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1,
    ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['_'] = 1, ['a'] = 1,
    ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1,
    ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1,
    ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1,
    ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1, ['~'] = 1};

static int eight_allowed(const char *text);

int ti_bearer_valid(const char *text, apr_size_t length)
{
    apr_size_t i = 0;

    if (length == 0 || length > TI_BEARER_MAX) {
        return 0;
    }
    while (length - i >= 8 && eight_allowed(text + i)) {
        i += 8;
    }
    while (i < length && allowed[(unsigned char)text[i]]) {
        i++;
    }
    if (i == 0) {
        return 0;
    }
    while (i < length && text[i] == '=') {
        i++;
    }
    return i == length;
}

static int eight_allowed(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    return allowed[c[0]] & allowed[c[1]] & allowed[c[2]] & allowed[c[3]] &
           allowed[c[4]] & allowed[c[5]] & allowed[c[6]] & allowed[c[7]];
}
