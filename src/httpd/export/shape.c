/* SPDX-License-Identifier: Apache-2.0 */
#include "export/shape.h"

#include <string.h>

#include <apr_encode.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "claims/json.h"

static const char *joined(const char *delimiter, const ti_claims_t *claims,
                          const ti_value_t *array, apr_pool_t *p);
static const char *json_of(const ti_claims_t *claims, const ti_value_t *value,
                           apr_pool_t *p);
static const char *encoded(const mai_dir_t *dir, const char *text,
                           apr_pool_t *p);
static const char *percent(const char *text, apr_pool_t *p);

const char *mai_shape_plain(const ti_claims_t *claims, const ti_value_t *value,
                            apr_pool_t *p)
{
    const char *text = ti_claims_text(claims, value);

    /* a nested one goes on with its parent's */
    if (text == NULL && value->type >= TI_ARRAY &&
        value->length <= TI_CLAIMS_EXPORT_MAX) {
        text =
            apr_pstrmemdup(p, ti_claims_string(claims, value), value->length);
    }
    return text;
}

int mai_shape_is_special(const mai_dir_t *dir)
{
    return (dir->export_lists != NULL && *dir->export_lists != '\0') ||
           dir->encoding > MAI_ENCODING_UTF8 ||
           dir->export_json == TI_SWITCH_ON;
}

const char *mai_shape_text(const mai_dir_t *dir, const ti_claims_t *claims,
                           const ti_value_t *value, apr_pool_t *p)
{
    const char *text = value->type == TI_ARRAY && dir->export_lists != NULL &&
                               *dir->export_lists != '\0'
                           ? joined(dir->export_lists, claims, value, p)
                           : mai_shape_plain(claims, value, p);

    return text != NULL ? encoded(dir, text, p) : NULL;
}

static const char *joined(const char *delimiter, const ti_claims_t *claims,
                          const ti_value_t *array, apr_pool_t *p)
{
    apr_size_t length = 0;
    apr_uint32_t i;
    char *list;
    char *to;

    for (i = 0; i < array->elements.count; i++) {
        const ti_value_t *element = ti_claims_element(claims, array, i);
        const char *text = ti_claims_text(claims, element);

        if (text == NULL || *text == '\0' || element->type >= TI_ARRAY ||
            strstr(text, delimiter) != NULL ||
            (element->type == TI_STRING && element->text != element->string)) {
            return NULL;
        }
        length += strlen(delimiter) + strlen(text);
    }
    if (length > TI_CLAIMS_EXPORT_MAX) {
        return NULL;
    }
    list = apr_palloc(p, length + 1);
    to = list;
    for (i = 0; i < array->elements.count; i++) {
        if (i > 0) {
            to = apr_cpystrn(to, delimiter, strlen(delimiter) + 1);
        }
        to = apr_cpystrn(
            to, ti_claims_text(claims, ti_claims_element(claims, array, i)),
            TI_CLAIMS_EXPORT_MAX + 1);
    }
    *to = '\0';
    return list;
}

const char *mai_shape_json(const mai_dir_t *dir, const ti_claims_t *claims,
                           apr_pool_t *p)
{
    const ti_value_t *value = ti_claims_entries(claims);
    const ti_value_t *end = value + claims->entries;
    apr_array_header_t *members = apr_array_make(p, 64, sizeof(const char *));
    apr_size_t length = 2;

    for (; value != end; value++) {
        const char *name;
        const char *text;

        if (ti_claims_nested(claims, value)) {
            continue;
        }
        name = ti_json_string(ti_claims_path(claims, value), p);
        text = json_of(claims, value, p);
        if (name == NULL || text == NULL) {
            return NULL;
        }
        length += strlen(name) + strlen(text) + 2;
        if (length > TI_CLAIMS_EXPORT_MAX) {
            return NULL;
        }
        APR_ARRAY_PUSH(members, const char *) =
            apr_pstrcat(p, name, ":", text, NULL);
    }
    return encoded(
        dir, apr_pstrcat(p, "{", apr_array_pstrcat(p, members, ','), "}", NULL),
        p);
}

/* A text with control characters has its JSON text for export already. */
static const char *json_of(const ti_claims_t *claims, const ti_value_t *value,
                           apr_pool_t *p)
{
    if (value->type == TI_NULL) {
        return "null";
    }
    if (value->type == TI_STRING && value->text == value->string) {
        return ti_json_string(ti_claims_string(claims, value), p);
    }
    return mai_shape_plain(claims, value, p);
}

static const char *encoded(const mai_dir_t *dir, const char *text,
                           apr_pool_t *p)
{
    switch (dir->encoding) {
    case MAI_ENCODING_BASE64URL:
        return apr_pencode_base64(p, text, APR_ENCODE_STRING,
                                  APR_ENCODE_BASE64URL, NULL);
    case MAI_ENCODING_PERCENT:
        return percent(text, p);
    default:
        return text;
    }
}

/* All but the unreserved characters of RFC 3986 2.3. */
static const char *percent(const char *text, apr_pool_t *p)
{
    static const char digits[] = "0123456789ABCDEF";
    char *copy = apr_palloc(p, 3 * strlen(text) + 1);
    char *to = copy;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x80 && (apr_isalnum(c) || strchr("-._~", c) != NULL)) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    *to = '\0';
    return copy;
}
