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
 *
 * NAME is tried whole first, then as a path a.b.c; `\.` is a dot that does not
 * part names, `\:` and `\~` do not end them, `\\` is a backslash.
 */
#ifndef TI_RULE_H
#define TI_RULE_H

#include <apr_tables.h>

#include "claims/claims.h"

typedef enum ti_rule_kind_t {
    TI_RULE_CLAIM = 1, /* any one of the conditions */
    TI_RULE_SCOPE,     /* every scope named */
    TI_RULE_AUDIENCE   /* any one of the audiences */
} ti_rule_kind_t;

/* The engine of regular expressions, given by the caller. */
typedef struct ti_regex_t {
    /* Compile; NULL when the pattern is wrong. */
    void *(*compile)(const char *pattern, apr_pool_t *p);
    /* Does it match these bytes somewhere? 1, 0, or TI_RULE_UNKNOWN: it gave
     * up, as PCRE does at its limits. */
    int (*matches)(const void *compiled, const char *bytes, apr_size_t length);
} ti_regex_t;

typedef struct ti_rule_t ti_rule_t;

/* Parse the words of one Require line. NULL, or a complaint in `p` that says
 * how to write it. `regex` must live as long as the rule. */
const char *ti_rule_parse(ti_rule_t **rule, ti_rule_kind_t kind,
                          const apr_array_header_t *words,
                          const ti_regex_t *regex, apr_pool_t *p);

/* Undecided: a regular expression hit its limit. Refuse, with and without
 * `not`. */
#define TI_RULE_UNKNOWN (-1)

/* Is the rule met by these claims? 1, 0, or TI_RULE_UNKNOWN. */
int ti_rule_met(const ti_rule_t *rule, const ti_claims_t *claims);

/* The scopes that the rule wants, separated by spaces, for the challenge (RFC
 * 6750 3); NULL when it is not about scopes. */
const char *ti_rule_scope(const ti_rule_t *rule);

/* Is this one scope (scope-token of RFC 6749 3.3)? */
int ti_rule_is_scope(const char *text);

/* A claim's name as written in a directive, to the paths it can mean: the
 * whole name, and the path when it has dots that part names (else NULL).
 * `*rest` is what follows: "", or ":..." or "~...". A complaint, or NULL. */
const char *ti_rule_name(const char **whole, const char **path,
                         const char **rest, const char *text, apr_pool_t *p);

#endif
