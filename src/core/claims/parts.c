/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/parts.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/json.h"

static void take_scalars(ti_parts_t *parts, ti_value_t *value, json_t *array);
static int take_inner(ti_parts_t *parts, ti_value_t *value, json_t *object);
static int take_part(ti_parts_t *parts, ti_value_t *part, json_t *json);
static int make_run(ti_parts_t *parts, ti_value_t *value, size_t count);
static void take_string(ti_parts_t *parts, ti_value_t *value, json_t *json);

int ti_parts_is_name(const char *name)
{
    return *name != '\0' && ti_writer_is_plain(name, strlen(name));
}

int ti_parts_elements(ti_parts_t *parts, ti_value_t *value, json_t *array)
{
    int run;
    size_t i;
    json_t *json;

    if (parts->flat) {
        take_scalars(parts, value, array);
        return 1;
    }
    run = make_run(parts, value, json_array_size(array));
    json_array_foreach(array, i, json)
    {
        ti_value_t element = {0};

        if (!take_part(parts, &element, json)) {
            return 0;
        }
        APR_ARRAY_IDX(parts->elements, run + (int)i, ti_value_t) = element;
    }
    return 1;
}

/* A null says that something was left out. */
static void take_scalars(ti_parts_t *parts, ti_value_t *value, json_t *array)
{
    int lacks = 0;
    size_t i;
    json_t *json;

    make_run(parts, value, 0);
    json_array_foreach(array, i, json)
    {
        ti_value_t element = {0};

        if (json_is_object(json) || json_is_array(json)) {
            ti_parts_pass(parts, json);
            lacks = 1;
            continue;
        }
        ti_parts_scalar(parts, &element, json);
        APR_ARRAY_PUSH(parts->elements, ti_value_t) = element;
        value->elements.count++;
    }
    if (lacks) {
        make_run(parts, NULL, 1);
        value->elements.count++;
    }
}

/* An object within an array: its members by their names. */
static int take_inner(ti_parts_t *parts, ti_value_t *value, json_t *object)
{
    size_t count = 0;
    const char *name;
    json_t *json;
    int i;

    json_object_foreach(object, name, json)
    {
        count += ti_parts_is_name(name) ? 1 : 0;
    }
    i = make_run(parts, value, count);
    json_object_foreach(object, name, json)
    {
        ti_value_t member = {0};
        apr_size_t length = strlen(name);

        if (!ti_parts_is_name(name)) {
            ti_parts_pass(parts, json);
            continue;
        }
        if (length > APR_UINT16_MAX) {
            return 0;
        }
        ti_writer_name(&parts->strings, &member, name, length);
        if (!take_part(parts, &member, json)) {
            return 0;
        }
        APR_ARRAY_IDX(parts->elements, i++, ti_value_t) = member;
    }
    return 1;
}

static int take_part(ti_parts_t *parts, ti_value_t *part, json_t *json)
{
    if (json_is_array(json)) {
        parts->deep = 1;
        part->type = TI_ARRAY;
        return ti_parts_elements(parts, part, json);
    }
    if (json_is_object(json)) {
        parts->deep = 1;
        part->type = TI_OBJECT;
        return take_inner(parts, part, json);
    }
    ti_parts_scalar(parts, part, json);
    return 1;
}

/* Room for so many values side by side, as those of `value` unless it is NULL;
 * returns the index of the first. */
static int make_run(ti_parts_t *parts, ti_value_t *value, size_t count)
{
    static const ti_value_t nothing;
    int first = parts->elements->nelts;
    size_t i;

    for (i = 0; i < count; i++) {
        APR_ARRAY_PUSH(parts->elements, ti_value_t) = nothing;
    }
    if (value != NULL) {
        value->elements.first = (apr_uint16_t)first;
        value->elements.count = (apr_uint16_t)count;
    }
    return first;
}

/* What is left out has reals, too. */
void ti_parts_pass(ti_parts_t *parts, json_t *json)
{
    const char *name;
    json_t *part;
    size_t i;

    if (json_is_real(json)) {
        ti_digits_real(&parts->digits, json_real_value(json));
    }
    json_object_foreach(json, name, part)
    {
        ti_parts_pass(parts, part);
    }
    json_array_foreach(json, i, part)
    {
        ti_parts_pass(parts, part);
    }
}

void ti_parts_scalar(ti_parts_t *parts, ti_value_t *value, json_t *json)
{
    const char *text = NULL;

    switch (json_typeof(json)) {
    case JSON_STRING:
        take_string(parts, value, json);
        return;
    case JSON_INTEGER:
        value->type = TI_INTEGER;
        value->as.integer = json_integer_value(json);
        text = apr_psprintf(parts->p, "%" APR_INT64_T_FMT, value->as.integer);
        break;
    case JSON_REAL:
        value->as.real = json_real_value(json);
        value->type = TI_REAL;
        text = ti_digits_real(&parts->digits, value->as.real);
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
    if (text != NULL) {
        value->text = ti_writer_text(&parts->strings, text, strlen(text));
    }
}

/* A string with control characters is exported as its JSON text, so that no
 * CR, LF or NUL ever reaches a header or the environment. */
static void take_string(ti_parts_t *parts, ti_value_t *value, json_t *json)
{
    const char *string = json_string_value(json);
    apr_size_t length = json_string_length(json);

    value->type = TI_STRING;
    value->length = (apr_uint32_t)length;
    value->string = ti_writer_text(&parts->strings, string, length);
    if (length > TI_CLAIMS_EXPORT_MAX) {
        return;
    }
    if (ti_writer_is_plain(string, length)) {
        value->text = value->string;
        return;
    }
    string = ti_json_text(&length, json, JSON_ENCODE_ANY, parts->p);
    if (length <= TI_CLAIMS_EXPORT_MAX) {
        value->text = ti_writer_text(&parts->strings, string, length);
    }
}
