/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON in, claims record out.
 */
#include "claims/claims.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "claims/facts.h"
#include "claims/json.h"
#include "claims/parts.h"
#include "claims/record.h"
#include "claims/writer.h"

/* What is being compiled; all of it lives in one scratch pool. */
typedef struct compile_t {
    const char *member;          /* of the object read; NULL: all of it */
    apr_array_header_t *entries; /* of ti_value_t, offsets into strings */
    ti_parts_t parts;
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

static apr_status_t compile(const ti_claims_t **claims, const char **why,
                            compile_t *c, const char *json, apr_size_t length,
                            apr_pool_t *p);
static const ti_claims_t *take_all(compile_t *c, level_t *top, apr_pool_t *p);
static int take_member_alone(compile_t *c, level_t *top);
static int take_members(compile_t *c, level_t *level);
static int take_member(compile_t *c, level_t *level, const char *name,
                       json_t *json);
static int take_compound(compile_t *c, level_t *level, ti_value_t *value,
                         const char *path, json_t *json);
static const ti_claims_t *assemble(compile_t *c, apr_pool_t *p);

apr_status_t ti_claims_compile(const ti_claims_t **claims, const char **why,
                               const char *json, apr_size_t length,
                               apr_pool_t *p)
{
    compile_t c = {0};

    return compile(claims, why, &c, json, length, p);
}

apr_status_t ti_claims_compile_member(const ti_claims_t **claims,
                                      const char **why, const char *name,
                                      const char *json, apr_size_t length,
                                      apr_pool_t *p)
{
    compile_t c = {0};

    c.member = name;
    return compile(claims, why, &c, json, length, p);
}

static apr_status_t compile(const ti_claims_t **claims, const char **why,
                            compile_t *c, const char *json, apr_size_t length,
                            apr_pool_t *p)
{
    level_t top = {0};
    apr_pool_t *scratch;
    apr_status_t rv = APR_EINVAL;

    *claims = NULL;
    *why = NULL;
    apr_pool_create(&scratch, p);
    c->p = scratch;
    top.object = ti_json_parse(&c->why, &json, &length, scratch);
    if (top.object == NULL) {
        *why = c->why;
        goto done;
    }

    ti_digits_open(&c->parts.digits, json, length, scratch);
    *claims = take_all(c, &top, p);
    if (*claims == NULL && c->parts.deep) {
        c->parts.flat = 1;
        ti_digits_open(&c->parts.digits, json, length, scratch);
        *claims = take_all(c, &top, p);
    }
    *why = *claims == NULL ? c->why : NULL;
    rv = *claims == NULL ? APR_EINVAL : APR_SUCCESS;

done:
    apr_pool_destroy(scratch);
    return rv;
}

static const ti_claims_t *take_all(compile_t *c, level_t *top, apr_pool_t *p)
{
    c->entries = apr_array_make(c->p, 64, sizeof(ti_value_t));
    c->parts.elements = apr_array_make(c->p, 64, sizeof(ti_value_t));
    c->parts.p = c->p;
    memset(&c->parts.strings, 0, sizeof(c->parts.strings));
    ti_writer_open(&c->parts.strings, c->parts.digits.length + 256, c->p);
    top->path = "";
    top->cursor = 0;
    return (c->member != NULL ? take_member_alone(c, top)
                              : take_members(c, top))
               ? assemble(c, p)
               : NULL;
}

/* What stands before it is passed over, for its reals are read along. */
static int take_member_alone(compile_t *c, level_t *top)
{
    level_t inner = {0};
    const char *name;
    json_t *json;

    json_object_foreach(top->object, name, json)
    {
        if (strcmp(name, c->member) == 0 && json_is_object(json)) {
            inner.object = json;
            inner.path = top->path;
            inner.cursor = top->cursor;
            return take_members(c, &inner);
        }
        ti_parts_pass(&c->parts, json);
    }
    c->why = "it lacks a member that is an object";
    return 0;
}

static int take_members(compile_t *c, level_t *level)
{
    const char *name;
    json_t *json;

    json_object_foreach(level->object, name, json)
    {
        if (!ti_parts_is_name(name)) {
            ti_parts_pass(&c->parts, json);
        } else if (!take_member(c, level, name, json)) {
            return 0;
        }
    }
    return 1;
}

static int take_member(compile_t *c, level_t *level, const char *name,
                       json_t *json)
{
    static const char step[] = {TI_CLAIMS_SEPARATOR, '\0'};
    ti_value_t value = {0};
    const char *path = name;
    apr_size_t length;

    if (c->parts.strings.used > TI_CLAIMS_SIZE_MAX) {
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
    ti_writer_path(&c->parts.strings, &value, path, length, level->depth > 0);

    if (json_is_object(json) || json_is_array(json)) {
        return take_compound(c, level, &value, path, json);
    }
    ti_parts_scalar(&c->parts, &value, json);
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
        value->string = ti_writer_text(&c->parts.strings, text, length);
        value->text = length <= TI_CLAIMS_EXPORT_MAX ? value->string : 0;
    } else {
        value->string =
            ti_writer_find(&c->parts.strings, level->cursor, text, length);
        level->cursor = value->string + length;
    }
    value->length = (apr_uint32_t)length;

    value->type = json_is_array(json) ? TI_ARRAY : TI_OBJECT;
    if (value->type == TI_ARRAY) {
        int taken = ti_parts_elements(&c->parts, value, json);

        c->why = taken ? NULL : "it has a member whose name is too long";
        APR_ARRAY_PUSH(c->entries, ti_value_t) = *value;
        return taken;
    }
    APR_ARRAY_PUSH(c->entries, ti_value_t) = *value;
    inner.object = json;
    inner.path = path;
    inner.cursor = value->string;
    inner.depth = level->depth + 1;
    return take_members(c, &inner);
}

static const ti_claims_t *assemble(compile_t *c, apr_pool_t *p)
{
    apr_size_t size;
    ti_claims_t *claims;

    ti_writer_name_members(&c->parts.strings, c->entries);
    size = (apr_size_t)(c->entries->nelts + c->parts.elements->nelts) *
               sizeof(ti_value_t) +
           c->parts.strings.used;
    if (size > TI_CLAIMS_SIZE_MAX) {
        c->why = "it is too large";
        return NULL;
    }
    claims =
        ti_writer_close(&c->parts.strings, c->entries, c->parts.elements, p);
    ti_facts_note(claims);
    return claims;
}
