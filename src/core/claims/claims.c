/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/claims.h"

#include <string.h>

#include "claims/names.h"
#include "claims/record.h"

/* So many members are looked through as fast as halved. */
#define FEW 64

static const char *at(const ti_claims_t *claims, apr_uint32_t offset);
static int order(const char *path, apr_size_t length, const ti_claims_t *claims,
                 const ti_value_t *value);
static const ti_value_t *member_of(const ti_claims_t *claims,
                                   const ti_value_t *object, const char *name,
                                   apr_size_t length);
static int equals(const ti_claims_t *claims, const ti_value_t *value,
                  const char *text, apr_size_t length);
static int string_has_word(const char *string, apr_size_t length,
                           const char *word, apr_size_t word_length);

const ti_value_t *ti_claims_element(const ti_claims_t *claims,
                                    const ti_value_t *array, apr_uint32_t i)
{
    const ti_value_t *elements = ti_claims_entries(claims) + claims->entries;

    return elements + array->elements.first + i;
}

const ti_value_t *ti_claims_find(const ti_claims_t *claims, const char *path,
                                 apr_size_t length)
{
    const ti_value_t *entries = ti_claims_entries(claims);
    apr_uint32_t low = 0;
    apr_uint32_t high = claims->entries;

    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;
        int way = order(path, length, claims, &entries[middle]);

        if (way == 0) {
            return &entries[middle];
        }
        if (way < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const ti_value_t *ti_claims_within(const ti_claims_t *claims,
                                   const ti_value_t *object, const char *path,
                                   apr_size_t length)
{
    const char *end = path + length;

    while (object != NULL && object->type == TI_OBJECT) {
        const char *step =
            memchr(path, TI_CLAIMS_SEPARATOR, (size_t)(end - path));
        apr_size_t size = (apr_size_t)((step != NULL ? step : end) - path);

        object = member_of(claims, object, path, size);
        if (step == NULL) {
            return object;
        }
        path = step + 1;
    }
    return NULL;
}

static const ti_value_t *member_of(const ti_claims_t *claims,
                                   const ti_value_t *object, const char *name,
                                   apr_size_t length)
{
    apr_uint32_t i;

    for (i = 0; i < object->elements.count; i++) {
        const ti_value_t *member = ti_claims_element(claims, object, i);

        if (order(name, length, claims, member) == 0) {
            return member;
        }
    }
    return NULL;
}

const ti_value_t *ti_claims_member(const ti_claims_t *claims, const char *name)
{
    const ti_value_t *value = ti_claims_find(claims, name, strlen(name));

    return value != NULL && value->type != TI_NULL ? value : NULL;
}

/* One after another: of few members, to compare numbers costs less than to
 * halve a list of texts. */
const ti_value_t *ti_claims_numbered(const ti_claims_t *claims,
                                     apr_uint32_t number)
{
    const ti_value_t *value = ti_claims_entries(claims);
    const ti_value_t *end = value + claims->entries;

    if (claims->entries > FEW) {
        return ti_claims_member(claims, ti_names[number].variable +
                                            TI_CLAIMS_PREFIX_LENGTH);
    }
    while (value != end && value->path != number) {
        value++;
    }
    return value != end && value->type != TI_NULL ? value : NULL;
}

const char *ti_claims_string(const ti_claims_t *claims, const ti_value_t *value)
{
    return at(claims, value->string);
}

const char *ti_claims_path(const ti_claims_t *claims, const ti_value_t *value)
{
    return value->path < TI_NAMES_END
               ? ti_names[value->path].variable + TI_CLAIMS_PREFIX_LENGTH
               : at(claims, value->path);
}

int ti_claims_nested(const ti_claims_t *claims, const ti_value_t *value)
{
    return memchr(ti_claims_path(claims, value), TI_CLAIMS_SEPARATOR,
                  value->path_length) != NULL;
}

const char *ti_claims_plain(const ti_claims_t *claims, const char *name)
{
    const ti_value_t *value = ti_claims_member(claims, name);

    if (value == NULL || value->type != TI_STRING || value->length == 0) {
        return NULL;
    }
    /* compile gave it a text of its own where it needed escapes */
    return value->text == value->string ? at(claims, value->string) : NULL;
}

int ti_claims_holds(const ti_claims_t *claims, const ti_value_t *value,
                    const char *text)
{
    return ti_claims_holds_bytes(claims, value, text, strlen(text));
}

int ti_claims_holds_bytes(const ti_claims_t *claims, const ti_value_t *value,
                          const char *text, apr_size_t length)
{
    apr_uint32_t i;

    if (value->type != TI_ARRAY) {
        return equals(claims, value, text, length);
    }
    for (i = 0; i < value->elements.count; i++) {
        if (equals(claims, ti_claims_element(claims, value, i), text, length)) {
            return 1;
        }
    }
    return 0;
}

int ti_claims_has_word(const ti_claims_t *claims, const ti_value_t *value,
                       const char *word)
{
    if (value->type == TI_STRING) {
        return string_has_word(at(claims, value->string), value->length, word,
                               strlen(word));
    }
    return ti_claims_holds(claims, value, word);
}

const ti_claims_t *ti_claims_attach(const ti_claims_t *claims, const char *text,
                                    apr_size_t length, apr_pool_t *p)
{
    apr_size_t size = claims->size + length + 1;
    ti_claims_t *whole;

    if (length >= TI_CLAIMS_SIZE_MAX || size > TI_CLAIMS_SIZE_MAX) {
        return NULL;
    }
    whole = apr_palloc(p, size);
    memcpy(whole, claims, claims->size);
    memcpy((char *)whole + claims->size, text, length);
    ((char *)whole)[size - 1] = '\0';
    whole->attached = claims->size;
    whole->size = (apr_uint32_t)size;
    return whole;
}

const char *ti_claims_attached(const ti_claims_t *claims)
{
    return claims->attached != 0 ? at(claims, claims->attached) : NULL;
}

static const char *at(const ti_claims_t *claims, apr_uint32_t offset)
{
    return (const char *)claims + offset;
}

static int order(const char *path, apr_size_t length, const ti_claims_t *claims,
                 const ti_value_t *value)
{
    return ti_record_order(path, length, ti_claims_path(claims, value),
                           value->path_length);
}

static int equals(const ti_claims_t *claims, const ti_value_t *value,
                  const char *text, apr_size_t length)
{
    return value->type == TI_STRING && value->length == length &&
           memcmp(at(claims, value->string), text, length) == 0;
}

static int string_has_word(const char *string, apr_size_t length,
                           const char *word, apr_size_t word_length)
{
    const char *end = string + length;

    while (string < end) {
        const char *space = memchr(string, ' ', (apr_size_t)(end - string));
        const char *stop = space != NULL ? space : end;

        if ((apr_size_t)(stop - string) == word_length && word_length > 0 &&
            memcmp(string, word, word_length) == 0) {
            return 1;
        }
        string = stop + 1;
    }
    return 0;
}
