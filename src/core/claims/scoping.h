/* SPDX-License-Identifier: Apache-2.0
 *
 * How the scopes of a token are written, and what each of them covers.
 */
#ifndef TI_SCOPING_H
#define TI_SCOPING_H

#include <apr_tables.h>

#include "claims/claims.h"

typedef enum ti_scope_match_t {
    TI_SCOPE_EXACT = 0,
    TI_SCOPE_HIERARCHICAL, /* `files` covers `files.read` */
    TI_SCOPE_WILDCARD      /* `files.*` covers `files.read` */
} ti_scope_match_t;

/* Read-only once the configuration is read. All zero: the claim `scope`, words
 * between spaces, each for itself. */
typedef struct ti_scoping_t {
    apr_array_header_t *claims; /* of ti_path_t, the first present counts */
    int comma;                  /* words of a text stand between commas */
    ti_scope_match_t match;
    const char *levels; /* characters that part the levels of a scope; NULL:
                           the dot */
} ti_scoping_t;

/* Does some scope of the token cover this one? `claims` may be NULL. */
int ti_scoping_covers(const ti_scoping_t *scoping, const ti_claims_t *claims,
                      const char *wanted);

/* Where the scopes of this token stand; NULL: it has none. A NULL scoping is
 * one that is all zero. */
const ti_value_t *ti_scoping_value(const ti_scoping_t *scoping,
                                   const ti_claims_t *claims);

#endif
