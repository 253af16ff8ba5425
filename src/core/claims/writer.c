/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/writer.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "claims/record.h"

#define RANKS 3 /* small letters as they are, as they are, changed */

static void reserve(ti_writer_t *writer, apr_size_t more);
static void sort(const ti_writer_t *writer, apr_array_header_t *entries);
static void name_variable(ti_writer_t *writer, apr_hash_t *taken,
                          ti_value_t *value, int rank);
static char *variable_name(const ti_writer_t *writer, const ti_value_t *value);
static const char *folded(const char *name, apr_pool_t *p);
static void move(ti_value_t *value, apr_uint32_t base);

void ti_writer_open(ti_writer_t *writer, apr_size_t size, apr_pool_t *p)
{
    writer->p = p;
    writer->size = size + 1;
    writer->bytes = apr_palloc(p, writer->size);
    writer->bytes[0] = '\0';
    writer->used = 1;
}

apr_uint32_t ti_writer_text(ti_writer_t *writer, const char *text,
                            apr_size_t length)
{
    apr_size_t offset = writer->used;

    reserve(writer, length + 1);
    memcpy(writer->bytes + offset, text, length);
    writer->bytes[offset + length] = '\0';
    writer->used += length + 1;
    return (apr_uint32_t)offset;
}

apr_uint32_t ti_writer_name(ti_writer_t *writer, const char *path, int prefixed)
{
    if (!prefixed) {
        return ti_writer_text(writer, path, strlen(path));
    }
    path = apr_pstrcat(writer->p, TI_CLAIMS_PREFIX, path, NULL);
    return ti_writer_text(writer, path, strlen(path)) +
           (apr_uint32_t)TI_CLAIMS_PREFIX_LENGTH;
}

apr_uint32_t ti_writer_find(ti_writer_t *writer, apr_size_t from,
                            const char *text, apr_size_t length)
{
    const char *found =
        memmem(writer->bytes + from, writer->used - from, text, length);

    if (found == NULL) {
        return ti_writer_text(writer, text, length);
    }
    return (apr_uint32_t)(found - writer->bytes);
}

const char *ti_writer_at(const ti_writer_t *writer, apr_uint32_t offset)
{
    return writer->bytes + offset;
}

int ti_writer_is_plain(const char *text, apr_size_t length)
{
    apr_size_t i;

    for (i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            return 0;
        }
    }
    return 1;
}

void ti_writer_name_variables(ti_writer_t *writer, apr_array_header_t *entries)
{
    apr_hash_t *taken = apr_hash_make(writer->p);
    ti_value_t *values;
    int rank;
    int i;

    sort(writer, entries);
    values = (ti_value_t *)entries->elts;
    for (rank = 0; rank < RANKS; rank++) {
        for (i = 0; i < entries->nelts; i++) {
            if (values[i].depth == 0) {
                name_variable(writer, taken, &values[i], rank);
            }
        }
    }
}

ti_claims_t *ti_writer_close(const ti_writer_t *writer,
                             const apr_array_header_t *entries,
                             const apr_array_header_t *elements, apr_pool_t *p)
{
    apr_size_t count = (apr_size_t)(entries->nelts + elements->nelts);
    apr_size_t base = sizeof(ti_claims_t) + count * sizeof(ti_value_t);
    apr_size_t size = base + writer->used;
    ti_claims_t *claims = apr_pcalloc(p, size);
    ti_value_t *values = (ti_value_t *)(claims + 1);
    apr_size_t i;

    claims->magic = TI_RECORD_MAGIC;
    claims->size = (apr_uint32_t)size;
    claims->entries = (apr_uint32_t)entries->nelts;
    claims->elements = (apr_uint32_t)elements->nelts;
    memcpy(values, entries->elts, (apr_size_t)entries->nelts * sizeof(*values));
    memcpy(values + entries->nelts, elements->elts,
           (apr_size_t)elements->nelts * sizeof(*values));
    for (i = 0; i < count; i++) {
        move(&values[i], (apr_uint32_t)base);
    }
    memcpy((char *)claims + base, writer->bytes, writer->used);
    return claims;
}

static void reserve(ti_writer_t *writer, apr_size_t more)
{
    char *bytes;

    if (writer->size - writer->used >= more) {
        return;
    }
    writer->size = 2 * (writer->size + more);
    bytes = apr_palloc(writer->p, writer->size);
    memcpy(bytes, writer->bytes, writer->used);
    writer->bytes = bytes;
}

/* For qsort_r: entries in the order of their paths. */
static int compare(const void *one, const void *other, void *writer)
{
    const ti_value_t *a = one;
    const ti_value_t *b = other;

    return ti_record_order(ti_writer_at(writer, a->path), a->path_length,
                           ti_writer_at(writer, b->path), b->path_length);
}

static void sort(const ti_writer_t *writer, apr_array_header_t *entries)
{
    qsort_r(entries->elts, (size_t)entries->nelts, sizeof(ti_value_t), compare,
            (void *)(apr_uintptr_t)writer);
}

/* Give a member its name if this is its rank's turn and the name is free. A
 * name of small letters that needs no change comes first: no member that
 * somebody calls "Sub" takes the place of `sub`. */
static void name_variable(ti_writer_t *writer, apr_hash_t *taken,
                          ti_value_t *value, int rank)
{
    const char *path = ti_writer_at(writer, value->path);
    const char *name = variable_name(writer, value);
    const char *fold = folded(name, writer->p);
    int unchanged = strcmp(name, path) == 0;
    apr_uint32_t offset = value->path;

    if (rank != (unchanged ? strcmp(fold, path) != 0 : RANKS - 1) ||
        apr_hash_get(taken, fold, APR_HASH_KEY_STRING) != NULL) {
        return;
    }
    apr_hash_set(taken, fold, APR_HASH_KEY_STRING, fold);
    if (!unchanged) {
        offset = ti_writer_name(writer, name, 1);
    }
    value->variable = offset - (apr_uint32_t)TI_CLAIMS_PREFIX_LENGTH;
}

static char *variable_name(const ti_writer_t *writer, const ti_value_t *value)
{
    char *name = apr_pstrdup(writer->p, ti_writer_at(writer, value->path));
    char *c;

    for (c = name; *c != '\0'; c++) {
        if (!apr_isalnum(*c) || (unsigned char)*c > 0x7f) {
            *c = '_';
        }
    }
    return name;
}

static const char *folded(const char *name, apr_pool_t *p)
{
    char *fold = apr_pstrdup(p, name);
    char *c;

    for (c = fold; *c != '\0'; c++) {
        *c = (char)apr_tolower(*c);
    }
    return fold;
}

static void move(ti_value_t *value, apr_uint32_t base)
{
    value->path += value->path != 0 ? base : 0;
    value->variable += value->variable != 0 ? base : 0;
    value->text += value->text != 0 ? base : 0;
    value->string += value->string != 0 ? base : 0;
}
