/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/excerpt.h"

#include <string.h>

#include <apr_strings.h>

#define CUT "..." /* for the end of a text */

/* The least that is worth a text of its own: its quotes and a few letters. */
#define PIECE_MIN 16

/* An excerpt while it is written; always ends with a NUL. */
typedef struct writer_t {
    char text[TI_EXCERPT_MAX + 1];
    apr_size_t used;
} writer_t;

static int add_value(writer_t *writer, const ti_claims_t *claims,
                     const ti_value_t *value);
static int add_quoted(writer_t *writer, const char *bytes, apr_size_t length);
static int add_plain(writer_t *writer, const char *text);
static int begin(writer_t *writer, apr_size_t least);
static void put(writer_t *writer, char c);
static int is_harmless(char c);
static const char *end(const writer_t *writer, int left_out, apr_pool_t *p);

const char *ti_excerpt_text(const char *bytes, apr_size_t length, apr_pool_t *p)
{
    writer_t writer = {"", 0};

    add_quoted(&writer, bytes, length);
    return end(&writer, 0, p);
}

const char *ti_excerpt_texts(const apr_array_header_t *texts, apr_pool_t *p)
{
    writer_t writer = {"", 0};
    int i;

    for (i = 0; i < texts->nelts; i++) {
        const char *text = APR_ARRAY_IDX(texts, i, const char *);

        if (!add_quoted(&writer, text, strlen(text))) {
            break;
        }
    }
    return end(&writer, texts->nelts - i, p);
}

const char *ti_excerpt_value(const ti_claims_t *claims, const ti_value_t *value,
                             apr_pool_t *p)
{
    writer_t writer = {"", 0};
    apr_uint32_t count;
    apr_uint32_t i;

    if (value == NULL || value->type != TI_ARRAY) {
        if (value != NULL) {
            add_value(&writer, claims, value);
        }
        return end(&writer, 0, p);
    }
    count = value->elements.count;
    for (i = 0; i < count; i++) {
        if (!add_value(&writer, claims, ti_claims_element(claims, value, i))) {
            break;
        }
    }
    return end(&writer, (int)(count - i), p);
}

/* Zero: there is no room for it. */
static int add_value(writer_t *writer, const ti_claims_t *claims,
                     const ti_value_t *value)
{
    switch (value->type) {
    case TI_NULL:
        return 1;
    case TI_STRING:
        return add_quoted(writer, ti_claims_string(claims, value),
                          value->length);
    case TI_ARRAY:
        return add_plain(writer, "[array]");
    case TI_OBJECT:
        return add_plain(writer, "[object]");
    default:
        return add_plain(writer, ti_claims_text(claims, value));
    }
}

static int add_quoted(writer_t *writer, const char *bytes, apr_size_t length)
{
    const apr_size_t room = TI_EXCERPT_MAX - sizeof(CUT "'") + 1;
    apr_size_t i = 0;

    if (!begin(writer, PIECE_MIN)) {
        return 0;
    }
    put(writer, '\'');
    while (i < length && writer->used < room) {
        put(writer, is_harmless(bytes[i]) ? bytes[i] : '?');
        i++;
        while (i < length && ((unsigned char)bytes[i] & 0xc0) == 0x80) {
            i++; /* the rest of a character of UTF-8 */
        }
    }
    if (i < length) {
        put(writer, '.');
        put(writer, '.');
        put(writer, '.');
    }
    put(writer, '\'');
    return 1;
}

/* A number as JSON writes it, true or false. */
static int add_plain(writer_t *writer, const char *text)
{
    if (text == NULL) {
        return 1;
    }
    if (!begin(writer, strlen(text))) {
        return 0;
    }
    while (*text != '\0') {
        put(writer, *text++);
    }
    return 1;
}

/* A blank behind what stands there. Zero: there is no room for `least` bytes
 * more. */
static int begin(writer_t *writer, apr_size_t least)
{
    if (writer->used + 1 + least > TI_EXCERPT_MAX) {
        return 0;
    }
    if (writer->used > 0) {
        put(writer, ' ');
    }
    return 1;
}

static void put(writer_t *writer, char c)
{
    if (writer->used < TI_EXCERPT_MAX) {
        writer->text[writer->used++] = c;
        writer->text[writer->used] = '\0';
    }
}

static int is_harmless(char c)
{
    return c >= ' ' && c <= '~' && c != '\'' && c != '"' && c != '\\';
}

static const char *end(const writer_t *writer, int left_out, apr_pool_t *p)
{
    if (writer->used == 0) {
        return "none";
    }
    return left_out > 0
               ? apr_psprintf(p, "%s and %d more", writer->text, left_out)
               : apr_pstrdup(p, writer->text);
}
