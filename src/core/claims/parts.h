/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of an answer that lie behind its members while it is compiled:
 * scalars, elements of arrays, and what is within those.
 */
#ifndef TI_PARTS_H
#define TI_PARTS_H

#include <jansson.h>
#include <apr_tables.h>

#include "claims/claims.h"
#include "claims/digits.h"
#include "claims/writer.h"

typedef struct ti_parts_t {
    apr_array_header_t *elements; /* of ti_value_t, offsets into strings */
    ti_writer_t strings;
    ti_digits_t digits; /* of the reals */
    int deep;           /* there are objects or arrays within arrays */
    int flat;           /* leave them out */
    apr_pool_t *p;
} ti_parts_t;

/* Is this a name that a record can hold? */
int ti_parts_is_name(const char *name);

/* Take in a scalar. Values are taken, or passed over, in the order of the text,
 * since its reals are read along. */
void ti_parts_scalar(ti_parts_t *parts, ti_value_t *value, json_t *json);
void ti_parts_pass(ti_parts_t *parts, json_t *json);

/* Take in an array's elements, and what they hold. Zero: a name within is too
 * long. */
int ti_parts_elements(ti_parts_t *parts, ti_value_t *value, json_t *array);

#endif
