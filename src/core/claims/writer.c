/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/writer.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "base/control.h"
#include "claims/names.h"
#include "claims/record.h"

/* What a name needs to be a variable. */
typedef enum rank_t {
    RANK_SMALL, /* nothing, and it has no capital letters */
    RANK_SAME,
    RANK_CHANGED,
    RANKS
} rank_t;

static void reserve(ti_writer_t *writer, apr_size_t more);
static rank_t rank_of(const char *name, apr_size_t length);
static void sort(const ti_writer_t *writer, apr_array_header_t *entries);
static const char *path_of(const ti_writer_t *writer, const ti_value_t *value);
static void contend(const ti_writer_t *writer, apr_hash_t *taken,
                    ti_value_t *value, rank_t rank);
static char *variable_name(const char *name, apr_pool_t *p);
static const char *folded(const char *name, apr_pool_t *p);
static void move(ti_value_t *value, apr_uint32_t base);

void ti_writer_open(ti_writer_t *writer, apr_size_t size, apr_pool_t *p)
{
    writer->p = p;
    writer->size = size + sizeof(ti_claims_t) + 1;
    writer->bytes = apr_palloc(p, writer->size);
    writer->used = sizeof(ti_claims_t) + 1;
    writer->bytes[writer->used - 1] = '\0';
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

void ti_writer_path(ti_writer_t *writer, ti_value_t *value, const char *path,
                    apr_size_t length, int nested)
{
    rank_t rank;

    value->path_length = (apr_uint16_t)length;
    if (nested) {
        value->path = ti_writer_text(writer, path, length);
        return;
    }
    value->naming = TI_NAMING_SAME;
    value->path = ti_names_find(path, length);
    if (value->path != 0) {
        return;
    }

    reserve(writer, TI_CLAIMS_PREFIX_LENGTH);
    memcpy(writer->bytes + writer->used, TI_CLAIMS_PREFIX,
           TI_CLAIMS_PREFIX_LENGTH);
    writer->used += TI_CLAIMS_PREFIX_LENGTH;
    value->path = ti_writer_text(writer, path, length);
    rank = rank_of(path, length);
    if (rank == RANK_CHANGED) {
        char *name = apr_pstrcat(writer->p, TI_CLAIMS_PREFIX,
                                 variable_name(path, writer->p), NULL);

        ti_writer_text(writer, name, strlen(name));
    }
    if (rank != RANK_SMALL) {
        value->naming = TI_NAMING_NONE;
        writer->contested++;
    }
}

void ti_writer_name(ti_writer_t *writer, ti_value_t *value, const char *name,
                    apr_size_t length)
{
    value->path_length = (apr_uint16_t)length;
    value->path = ti_names_find(name, length);
    if (value->path == 0) {
        value->path = ti_writer_text(writer, name, length);
    }
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

int ti_writer_is_plain(const char *text, apr_size_t length)
{
    apr_size_t i;

    for (i = 0; i < length; i++) {
        if (ti_control_is(text[i])) {
            return 0;
        }
    }
    return 1;
}

/* A name of small letters that needs no change comes first: no member that
 * somebody calls "Sub" takes the place of `sub`. Such names differ from each
 * other, so most answers are done when they are sorted. */
void ti_writer_name_members(ti_writer_t *writer, apr_array_header_t *entries)
{
    ti_value_t *values = (ti_value_t *)entries->elts;
    apr_hash_t *taken;
    rank_t rank;
    int i;

    sort(writer, entries);
    if (writer->contested == 0) {
        return;
    }
    taken = apr_hash_make(writer->p);
    for (i = 0; i < entries->nelts; i++) {
        if (values[i].naming == TI_NAMING_SAME) {
            apr_hash_set(taken, path_of(writer, &values[i]),
                         APR_HASH_KEY_STRING, &values[i]);
        }
    }
    for (rank = RANK_SAME; rank < RANKS; rank++) {
        for (i = 0; i < entries->nelts; i++) {
            if (values[i].naming == TI_NAMING_NONE) {
                contend(writer, taken, &values[i], rank);
            }
        }
    }
}

ti_claims_t *ti_writer_close(const ti_writer_t *writer,
                             const apr_array_header_t *entries,
                             const apr_array_header_t *elements, apr_pool_t *p)
{
    apr_size_t count = (apr_size_t)(entries->nelts + elements->nelts);
    apr_size_t base = count * sizeof(ti_value_t);
    apr_size_t strings = writer->used - sizeof(ti_claims_t);
    ti_claims_t *claims = apr_palloc(p, base + writer->used);
    ti_value_t *values = (ti_value_t *)(claims + 1);
    apr_size_t i;

    memset(claims, 0, sizeof(*claims));
    claims->magic = TI_RECORD_MAGIC;
    claims->size = (apr_uint32_t)(base + writer->used);
    claims->entries = (apr_uint32_t)entries->nelts;
    claims->elements = (apr_uint32_t)elements->nelts;
    memcpy(values, entries->elts, (apr_size_t)entries->nelts * sizeof(*values));
    memcpy(values + entries->nelts, elements->elts,
           (apr_size_t)elements->nelts * sizeof(*values));
    for (i = 0; i < count; i++) {
        move(&values[i], (apr_uint32_t)base);
    }
    memcpy(values + count, writer->bytes + sizeof(ti_claims_t), strings);
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

static rank_t rank_of(const char *name, apr_size_t length)
{
    rank_t rank = RANK_SMALL;
    apr_size_t i;

    for (i = 0; i < length; i++) {
        char c = name[i];

        if (c >= 'A' && c <= 'Z') {
            rank = RANK_SAME;
        } else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
                   c != '_') {
            return RANK_CHANGED;
        }
    }
    return rank;
}

static const char *path_of(const ti_writer_t *writer, const ti_value_t *value)
{
    return value->path < TI_NAMES_END
               ? ti_names[value->path].variable + TI_CLAIMS_PREFIX_LENGTH
               : writer->bytes + value->path;
}

/* For qsort_r: entries in the order of their paths. */
static int compare(const void *one, const void *other, void *writer)
{
    const ti_value_t *a = one;
    const ti_value_t *b = other;

    if (a->path_length != b->path_length) {
        return a->path_length < b->path_length ? -1 : 1;
    }
    return ti_record_order(path_of(writer, a), a->path_length,
                           path_of(writer, b), b->path_length);
}

static void sort(const ti_writer_t *writer, apr_array_header_t *entries)
{
    qsort_r(entries->elts, (size_t)entries->nelts, sizeof(ti_value_t), compare,
            (void *)(apr_uintptr_t)writer);
}

/* Give a member its name if this is its rank's turn and the name is free. */
static void contend(const ti_writer_t *writer, apr_hash_t *taken,
                    ti_value_t *value, rank_t rank)
{
    const char *path = path_of(writer, value);
    const char *fold;

    if (memchr(path, TI_CLAIMS_SEPARATOR, value->path_length) != NULL ||
        rank_of(path, value->path_length) != rank) {
        return;
    }
    fold = folded(variable_name(path, writer->p), writer->p);
    if (apr_hash_get(taken, fold, APR_HASH_KEY_STRING) != NULL) {
        return;
    }
    apr_hash_set(taken, fold, APR_HASH_KEY_STRING, fold);
    value->naming = rank == RANK_SAME ? TI_NAMING_SAME : TI_NAMING_CHANGED;
}

static char *variable_name(const char *name, apr_pool_t *p)
{
    char *variable = apr_pstrdup(p, name);
    char *c;

    for (c = variable; *c != '\0'; c++) {
        if (!apr_isalnum(*c) || (unsigned char)*c > 0x7f) {
            *c = '_';
        }
    }
    return variable;
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
    value->path += value->path >= TI_NAMES_END ? base : 0;
    value->text += value->text != 0 ? base : 0;
    if (value->type >= TI_STRING) {
        value->string += base;
    }
}
