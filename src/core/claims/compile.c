/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON in, claims record out.
 */
#include "claims/claims.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include "claims/facts.h"
#include "claims/json.h"
#include "claims/moment.h"
#include "claims/record.h"
#include "claims/writer.h"

/* What is being compiled; all of it lives in one scratch pool. */
typedef struct compile_t {
    apr_array_header_t *entries;  /* of ti_value_t, offsets into strings */
    apr_array_header_t *elements; /* of ti_value_t, the same */
    ti_writer_t strings;
    const char *why;
    apr_pool_t *p;
} compile_t;

/* One object whose members are being taken in. */
typedef struct level_t {
    json_t *object;
    const char *path;  /* of the object, "" for the answer itself */
    apr_size_t cursor; /* where in the strings its JSON text goes on */
    unsigned depth;
} level_t;

static int take_members(compile_t *c, level_t *level);
static int take_member(compile_t *c, level_t *level, const char *name,
                       json_t *json);
static int take_compound(compile_t *c, level_t *level, ti_value_t *value,
                         const char *path, json_t *json);
static void take_elements(compile_t *c, ti_value_t *value, json_t *array);
static void take_scalar(compile_t *c, ti_value_t *value, json_t *json);
static void take_string(compile_t *c, ti_value_t *value, json_t *json);
static const ti_claims_t *assemble(compile_t *c, apr_pool_t *p);

apr_status_t ti_claims_compile(const ti_claims_t **claims, const char **why,
                               const char *json, apr_size_t length,
                               apr_pool_t *p)
{
    compile_t c = {0};
    level_t top = {0};
    apr_pool_t *scratch;
    apr_status_t rv = APR_EINVAL;

    *claims = NULL;
    *why = NULL;
    apr_pool_create(&scratch, p);
    c.p = scratch;
    top.object = ti_json_parse(&c.why, json, length, scratch);
    if (top.object == NULL) {
        *why = c.why;
        goto done;
    }

    c.entries = apr_array_make(scratch, 64, sizeof(ti_value_t));
    c.elements = apr_array_make(scratch, 64, sizeof(ti_value_t));
    ti_writer_open(&c.strings, length + 256, scratch);
    top.path = "";
    if (take_members(&c, &top)) {
        *claims = assemble(&c, p);
    }
    if (*claims == NULL) {
        *why = c.why;
        goto done;
    }
    rv = APR_SUCCESS;

done:
    apr_pool_destroy(scratch);
    return rv;
}

static int take_members(compile_t *c, level_t *level)
{
    const char *name;
    json_t *json;

    json_object_foreach(level->object, name, json)
    {
        if (*name != '\0' && ti_writer_is_plain(name, strlen(name)) &&
            !take_member(c, level, name, json)) {
            return 0;
        }
    }
    return 1;
}

static int take_member(compile_t *c, level_t *level, const char *name,
                       json_t *json)
{
    static const char step[] = {TI_CLAIMS_STEP, '\0'};
    ti_value_t value = {0};
    const char *path = name;
    apr_size_t length;

    if (c->strings.used > TI_CLAIMS_SIZE_MAX) {
        c->why = "it is too large";
        return 0;
    }
    if (level->depth > 0) {
        path = apr_pstrcat(c->p, level->path, step, name, NULL);
    }
    length = strlen(path);
    if (length > APR_UINT16_MAX) {
        c->why = "it has a member whose name is too long";
        return 0;
    }
    ti_writer_path(&c->strings, &value, path, length, level->depth > 0);

    if (json_is_object(json) || json_is_array(json)) {
        return take_compound(c, level, &value, path, json);
    }
    take_scalar(c, &value, json);
    APR_ARRAY_PUSH(c->entries, ti_value_t) = value;
    return 1;
}

/* A compound's JSON text: written once at top level; a nested one is found
 * inside its parent's, where it stands in the same order. */
static int take_compound(compile_t *c, level_t *level, ti_value_t *value,
                         const char *path, json_t *json)
{
    level_t inner = {0};
    apr_size_t length;
    const char *text = ti_json_text(&length, json, JSON_COMPACT, c->p);

    if (level->depth == 0) {
        value->string = ti_writer_text(&c->strings, text, length);
        value->text = length <= TI_CLAIMS_EXPORT_MAX ? value->string : 0;
    } else {
        value->string =
            ti_writer_find(&c->strings, level->cursor, text, length);
        level->cursor = value->string + length;
    }
    value->length = (apr_uint32_t)length;

    value->type = json_is_array(json) ? TI_ARRAY : TI_OBJECT;
    if (value->type == TI_ARRAY) {
        take_elements(c, value, json);
        APR_ARRAY_PUSH(c->entries, ti_value_t) = *value;
        return 1;
    }
    APR_ARRAY_PUSH(c->entries, ti_value_t) = *value;
    inner.object = json;
    inner.path = path;
    inner.cursor = value->string;
    inner.depth = level->depth + 1;
    return take_members(c, &inner);
}

static void take_elements(compile_t *c, ti_value_t *value, json_t *array)
{
    size_t i;
    json_t *json;

    value->elements.first = (apr_uint16_t)c->elements->nelts;
    json_array_foreach(array, i, json)
    {
        ti_value_t element = {0};

        if (json_is_object(json) || json_is_array(json)) {
            continue; /* no path leads into an array */
        }
        take_scalar(c, &element, json);
        APR_ARRAY_PUSH(c->elements, ti_value_t) = element;
        value->elements.count++;
    }
}

static void take_scalar(compile_t *c, ti_value_t *value, json_t *json)
{
    const char *text = NULL;

    switch (json_typeof(json)) {
    case JSON_STRING:
        take_string(c, value, json);
        return;
    case JSON_INTEGER:
        value->type = TI_INTEGER;
        value->as.integer = json_integer_value(json);
        text = apr_psprintf(c->p, "%" APR_INT64_T_FMT, value->as.integer);
        break;
    case JSON_REAL:
        value->as.real = json_real_value(json);
        value->type = TI_REAL;
        text = ti_moment_real_text(value->as.real, c->p);
        break;
    case JSON_TRUE:
        value->type = TI_TRUE;
        return;
    case JSON_FALSE:
        value->type = TI_FALSE;
        return;
    default:
        return;
    }
    value->text = ti_writer_text(&c->strings, text, strlen(text));
}

/* A string with control characters is exported as its JSON text, so that no
 * CR, LF or NUL ever reaches a header or the environment. */
static void take_string(compile_t *c, ti_value_t *value, json_t *json)
{
    const char *string = json_string_value(json);
    apr_size_t length = json_string_length(json);

    value->type = TI_STRING;
    value->length = (apr_uint32_t)length;
    value->string = ti_writer_text(&c->strings, string, length);
    if (length > TI_CLAIMS_EXPORT_MAX) {
        return;
    }
    if (ti_writer_is_plain(string, length)) {
        value->text = value->string;
        return;
    }
    string = ti_json_text(&length, json, JSON_ENCODE_ANY, c->p);
    if (length <= TI_CLAIMS_EXPORT_MAX) {
        value->text = ti_writer_text(&c->strings, string, length);
    }
}

static const ti_claims_t *assemble(compile_t *c, apr_pool_t *p)
{
    apr_size_t size;
    ti_claims_t *claims;

    ti_writer_settle(&c->strings, c->entries);
    size = (apr_size_t)(c->entries->nelts + c->elements->nelts) *
               sizeof(ti_value_t) +
           c->strings.used;
    if (size > TI_CLAIMS_SIZE_MAX) {
        c->why = "it is too large";
        return NULL;
    }
    claims = ti_writer_close(&c->strings, c->entries, c->elements, p);
    ti_facts_note(claims);
    return claims;
}
