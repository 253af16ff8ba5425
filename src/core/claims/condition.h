/* SPDX-License-Identifier: Apache-2.0
 *
 * One condition on one claim: a word of Require claim, or several in braces.
 * words.h reads it.
 */
#ifndef TI_CONDITION_H
#define TI_CONDITION_H

#include <apr_tables.h>

#include "claims/bound.h"
#include "claims/decimal.h"
#include "claims/path.h"
#include "claims/regex.h"

typedef enum ti_relation_t {
    TI_RELATION_PRESENT = 0, /* there, and not null */
    TI_RELATION_EQUAL,
    TI_RELATION_MATCHES,
    TI_RELATION_BOUND,
    TI_RELATION_HOLDS /* an array has an object that meets all conditions */
} ti_relation_t;

/* Read-only once the configuration is read. */
typedef struct ti_condition_t {
    ti_path_t path;
    ti_relation_t relation;
    int words;  /* look among the words of a string */
    int nocase; /* ASCII letters are equal in both cases */
    int prefix; /* VALUE is what the text begins with */

    /* TI_RELATION_EQUAL */
    const char *text; /* VALUE */
    int has_integer;
    int has_number;
    apr_int64_t integer;
    ti_decimal_t number;

    ti_bound_t bound;               /* TI_RELATION_BOUND */
    void *compiled;                 /* TI_RELATION_MATCHES */
    apr_array_header_t *conditions; /* TI_RELATION_HOLDS: ti_condition_t */
} ti_condition_t;

/* What VALUE is besides a string: note it. */
void ti_condition_number(ti_condition_t *condition);

/* Is the condition met? 1, 0, TI_RULE_UNKNOWN or TI_RULE_INCOMPARABLE.
 * `object`: within an array; NULL: the answer itself. `claims` may be NULL:
 * there are none. */
int ti_condition_met(const ti_condition_t *condition, const ti_regex_t *regex,
                     const ti_claims_t *claims, const ti_value_t *object,
                     apr_time_t now);

#endif
