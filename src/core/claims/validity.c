/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/validity.h"

#include "claims/claims.h"
#include "claims/names.h"
#include "claims/record.h"

static int is_named_within(const ti_value_t *value, apr_size_t size);
static int is_text_within(const ti_value_t *value, apr_size_t size);
static int is_run_within(const ti_claims_t *claims, const ti_value_t *value,
                         apr_uint32_t i);

int ti_validity_check(const void *block, apr_size_t size)
{
    const ti_claims_t *claims = block;
    const ti_value_t *values = (const ti_value_t *)(claims + 1);
    apr_uint32_t total;
    apr_uint32_t i;

    if (size < sizeof(*claims) || claims->magic != TI_RECORD_MAGIC ||
        claims->size != size || claims->attached >= size ||
        claims->entries > TI_CLAIMS_VALUES_MAX ||
        claims->elements > TI_CLAIMS_VALUES_MAX - claims->entries) {
        return 0;
    }
    total = claims->entries + claims->elements;
    if (size - sizeof(*claims) < total * sizeof(ti_value_t) + 1 ||
        ((const char *)block)[size - 1] != '\0') {
        return 0;
    }
    for (i = 0; i < total; i++) {
        const ti_value_t *value = &values[i];

        if (!is_named_within(value, size) || !is_text_within(value, size) ||
            !is_run_within(claims, value, i)) {
            return 0;
        }
    }
    return 1;
}

/* Path and name for export. Every string ends at the latest with the block's
 * own last NUL. */
static int is_named_within(const ti_value_t *value, apr_size_t size)
{
    apr_size_t behind;

    if (value->path < TI_NAMES_END) {
        return value->path_length == ti_names[value->path].length &&
               value->naming <= TI_NAMING_SAME;
    }
    if (value->path < sizeof(ti_claims_t) + TI_CLAIMS_PREFIX_LENGTH ||
        value->path >= size || value->path_length >= size - value->path) {
        return 0;
    }
    behind = size - value->path - value->path_length;
    return value->naming <= TI_NAMING_SAME ||
           (value->naming == TI_NAMING_CHANGED &&
            behind > 1 + TI_CLAIMS_PREFIX_LENGTH);
}

static int is_text_within(const ti_value_t *value, apr_size_t size)
{
    if (value->text >= size || value->type > TI_OBJECT) {
        return 0;
    }
    return value->type < TI_STRING ||
           (value->string < size && value->length < size - value->string);
}

/* A run lies behind what it belongs to, so none leads back to itself. */
static int is_run_within(const ti_claims_t *claims, const ti_value_t *value,
                         apr_uint32_t i)
{
    apr_uint32_t first = value->elements.first;

    if (value->type != TI_ARRAY && value->type != TI_OBJECT) {
        return 1;
    }
    return first <= claims->elements &&
           value->elements.count <= claims->elements - first &&
           (value->elements.count == 0 || claims->entries + first > i);
}
