/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/json.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/claims.h"
#include "claims/digits.h"
#include "claims/nul.h"

/* Room for most texts, so that they are written once: bytes. */
#define USUAL ((apr_size_t)512)

static const char *write_any(json_t *json, apr_pool_t *p);
static const char *explain(enum json_error_code code);
static apr_status_t json_free(void *json);
static const char *measure(int *values, json_t *json, int nesting);

json_t *ti_json_parse(const char **why, const char **text, apr_size_t *length,
                      apr_pool_t *p)
{
    static const char bom[] = "\xef\xbb\xbf";
    size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
    json_error_t error;
    json_t *json;
    int values = 0;

    if (*length >= sizeof(bom) - 1 && memcmp(*text, bom, 3) == 0) {
        *text += sizeof(bom) - 1; /* RFC 8259 8.1: a parser may ignore it */
        *length -= sizeof(bom) - 1;
    }
    json = json_loadb(*text, *length, flags, &error);
    if (json == NULL &&
        json_error_code(&error) == json_error_numeric_overflow) {
        ti_digits_quote(text, length, p);
        json = json_loadb(*text, *length, flags, &error);
    }
    if (json == NULL &&
        json_error_code(&error) == json_error_null_byte_in_key) {
        ti_nul_replace(text, length, p);
        json = json_loadb(*text, *length, flags, &error);
    }
    if (json == NULL) {
        *why = explain(json_error_code(&error));
        return NULL;
    }
    apr_pool_cleanup_register(p, json, json_free, apr_pool_cleanup_null);
    *why = json_is_object(json) ? measure(&values, json, 1)
                                : "it is not a JSON object";
    return *why == NULL ? json : NULL;
}

const char *ti_json_text(apr_size_t *length, json_t *json, size_t flags,
                         apr_pool_t *p)
{
    static const char escape[] = "\\u007f";
    char *text = apr_palloc(p, USUAL);
    apr_size_t size = json_dumpb(json, text, USUAL, flags);
    char *longer;
    apr_size_t i;

    if (size > USUAL) {
        text = apr_palloc(p, size);
        json_dumpb(json, text, size, flags);
    }
    *length = size;
    /* the one control character that JSON lets stand in a string */
    if (memchr(text, 0x7f, size) == NULL) {
        return text;
    }
    longer = apr_palloc(p, size * (sizeof(escape) - 1));
    *length = 0;
    for (i = 0; i < size; i++) {
        if (text[i] == 0x7f) {
            memcpy(longer + *length, escape, sizeof(escape) - 1);
            *length += sizeof(escape) - 1;
        } else {
            longer[(*length)++] = text[i];
        }
    }
    return longer;
}

const char *ti_json_string(const char *text, apr_pool_t *p)
{
    return write_any(json_string(text), p);
}

const char *ti_json_value(const char *text, apr_pool_t *p)
{
    return write_any(
        json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL), p);
}

static const char *write_any(json_t *json, apr_pool_t *p)
{
    const char *text;
    apr_size_t length;

    if (json == NULL) {
        return NULL;
    }
    text = ti_json_text(&length, json, JSON_ENCODE_ANY | JSON_COMPACT, p);
    json_decref(json);
    return apr_pstrmemdup(p, text, length);
}

/* Our own words: jansson's quote the text, which may hold claims. */
static const char *explain(enum json_error_code code)
{
    static const char *const words[] = {
        [json_error_invalid_utf8] = "it has bytes that are not UTF-8",
        [json_error_duplicate_key] = "it has a duplicate member",
        [json_error_premature_end_of_input] = "its JSON is cut off",
        [json_error_end_of_input_expected] = "something follows its JSON",
        [json_error_stack_overflow] = "its JSON is nested too deeply",
        [json_error_numeric_overflow] = "it has a number that is too large"};
    apr_size_t i = (apr_size_t)code;

    return i < sizeof(words) / sizeof(words[0]) && words[i] != NULL
               ? words[i]
               : "it is not JSON";
}

static apr_status_t json_free(void *json)
{
    json_decref(json);
    return APR_SUCCESS;
}

/* NULL when all of it is within the limits, else what is not. */
static const char *measure(int *values, json_t *json, int nesting)
{
    const char *why = NULL;
    const char *name;
    json_t *part;
    size_t i;

    if (!json_is_object(json) && !json_is_array(json)) {
        return NULL;
    }
    if (nesting > TI_CLAIMS_DEPTH_MAX) {
        return "its JSON is nested too deeply";
    }
    *values += (int)(json_object_size(json) + json_array_size(json));
    if (*values > TI_CLAIMS_VALUES_MAX) {
        return "it has too many members";
    }
    json_object_foreach(json, name, part)
    {
        why = why != NULL ? why : measure(values, part, nesting + 1);
    }
    json_array_foreach(json, i, part)
    {
        why = why != NULL ? why : measure(values, part, nesting + 1);
    }
    return why;
}
