/* SPDX-License-Identifier: Apache-2.0
 *
 * The language of Require claim, scope and audience: parsed once, when the
 * configuration is read, and asked about each request's claims.
 *
 *     NAME:VALUE   equal: strings exactly, numbers and booleans by value; an
 *                  array holds VALUE; the top-level member `scope` has VALUE
 *                  among its words
 *     NAME~REGEX   a string, number or boolean, or an array's element, matches
 *     NAME         present and not null
 *     NAME>=VALUE  a number or time, or an array's element (bound.h)
 *     NAME{ ... }  one object of an array meets all of these (words.h)
 *
 * NAME is tried whole first, then as a path a.b.c (path.h).
 */
#ifndef TI_RULE_H
#define TI_RULE_H

#include <apr_tables.h>

#include "claims/claims.h"
#include "claims/regex.h"
#include "claims/scoping.h"

typedef enum ti_rule_kind_t {
    TI_RULE_CLAIM = 1, /* any one of the conditions */
    TI_RULE_SCOPE,     /* every scope named */
    TI_RULE_AUDIENCE   /* any one of the audiences */
} ti_rule_kind_t;

typedef struct ti_rule_t ti_rule_t;

/* Parse the words of one Require line. NULL, or a complaint in `p` that says
 * how to write it. `regex` must live as long as the rule. */
const char *ti_rule_parse(ti_rule_t **rule, ti_rule_kind_t kind,
                          const apr_array_header_t *words,
                          const ti_regex_t *regex, apr_pool_t *p);

/* Is the rule met by these claims at `now`? 1, 0, TI_RULE_UNKNOWN or
 * TI_RULE_INCOMPARABLE. `claims` may be NULL: a guest has none. */
int ti_rule_met(const ti_rule_t *rule, const ti_claims_t *claims,
                apr_time_t now);

/* The same where scopes are written otherwise, or cover others; NULL: as usual.
 * Only Require scope looks at that. */
int ti_rule_met_by(const ti_rule_t *rule, const ti_claims_t *claims,
                   const ti_scoping_t *scoping, apr_time_t now);

/* Does it depend on `now`? */
int ti_rule_timed(const ti_rule_t *rule);

/* The scopes that the rule wants, separated by spaces, for the challenge (RFC
 * 6750 3); NULL when it is not about scopes. */
const char *ti_rule_scope(const ti_rule_t *rule);

/* Is this one scope (scope-token of RFC 6749 3.3)? */
int ti_rule_is_scope(const char *text);

#endif
