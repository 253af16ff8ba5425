/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/scoping.h"

#include <string.h>

#include "claims/path.h"

static int text_covers(const ti_scoping_t *scoping, const char *text,
                       apr_size_t length, const char *wanted);
static int word_covers(const ti_scoping_t *scoping, const char *word,
                       apr_size_t length, const char *wanted);
static int fits(const char *levels, const char *word, const char *end,
                const char *wanted);

int ti_scoping_covers(const ti_scoping_t *scoping, const ti_claims_t *claims,
                      const char *wanted)
{
    const ti_value_t *value =
        claims != NULL ? ti_scoping_value(scoping, claims) : NULL;
    apr_uint32_t i;

    if (value == NULL) {
        return 0;
    }
    if (value->type == TI_STRING) {
        return text_covers(scoping, ti_claims_string(claims, value),
                           value->length, wanted);
    }
    for (i = 0; value->type == TI_ARRAY && i < value->elements.count; i++) {
        const ti_value_t *element = ti_claims_element(claims, value, i);

        if (element->type == TI_STRING &&
            word_covers(scoping, ti_claims_string(claims, element),
                        element->length, wanted)) {
            return 1;
        }
    }
    return 0;
}

const ti_value_t *ti_scoping_value(const ti_scoping_t *scoping,
                                   const ti_claims_t *claims)
{
    const ti_value_t *value = NULL;
    int i;

    if (scoping == NULL || scoping->claims == NULL) {
        return ti_claims_member(claims, "scope");
    }
    for (i = 0; i < scoping->claims->nelts && value == NULL; i++) {
        value = ti_path_find(&APR_ARRAY_IDX(scoping->claims, i, ti_path_t),
                             claims, NULL);
    }
    return value;
}

/* Spaces beside a comma belong to no word. */
static int text_covers(const ti_scoping_t *scoping, const char *text,
                       apr_size_t length, const char *wanted)
{
    const char *end = text + length;

    while (text < end) {
        const char *stop =
            memchr(text, scoping->comma ? ',' : ' ', (size_t)(end - text));
        const char *next = stop != NULL ? stop + 1 : end;

        stop = stop != NULL ? stop : end;
        while (text < stop && *text == ' ') {
            text++;
        }
        while (text < stop && stop[-1] == ' ') {
            stop--;
        }
        if (word_covers(scoping, text, (apr_size_t)(stop - text), wanted)) {
            return 1;
        }
        text = next;
    }
    return 0;
}

static int word_covers(const ti_scoping_t *scoping, const char *word,
                       apr_size_t length, const char *wanted)
{
    const char *levels = scoping->levels != NULL ? scoping->levels : ".";
    apr_size_t all = strlen(wanted);

    if (length == 0 || memchr(word, '\0', length) != NULL) {
        return 0;
    }
    if (length == all && memcmp(word, wanted, length) == 0) {
        return 1;
    }
    switch (scoping->match) {
    case TI_SCOPE_HIERARCHICAL:
        return length < all && memcmp(word, wanted, length) == 0 &&
               strchr(levels, wanted[length]) != NULL && all > length + 1;
    case TI_SCOPE_WILDCARD:
        return fits(levels, word, word + length, wanted);
    default:
        return 0;
    }
}

/* Level by level: a '*' alone stands for one level, as the last for all that
 * follow, of which none is empty. */
static int fits(const char *levels, const char *word, const char *end,
                const char *wanted)
{
    while (word < end) {
        apr_size_t size = strcspn(wanted, levels);
        apr_size_t own = 0;

        while (word + own < end && strchr(levels, word[own]) == NULL) {
            own++;
        }
        if (own == 1 && *word == '*') {
            if (size == 0) {
                return 0;
            }
            if (word + 1 == end) {
                return 1;
            }
        } else if (own != size || memcmp(word, wanted, own) != 0) {
            return 0;
        }
        word += own;
        wanted += size;
        if (word == end || *wanted == '\0' || *word != *wanted) {
            return word == end && *wanted == '\0';
        }
        word++;
        wanted++;
    }
    return 0;
}
