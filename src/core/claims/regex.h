/* SPDX-License-Identifier: Apache-2.0
 *
 * What a condition cannot decide, and the engine of regular expressions, which
 * the caller gives.
 */
#ifndef TI_REGEX_H
#define TI_REGEX_H

#include <apr_pools.h>

/* Undecided: a regular expression hit its limit. Refuse, with and without
 * `not`. */
#define TI_RULE_UNKNOWN (-1)

/* Undecided: the claim is missing, or of a type that cannot be compared so.
 * Refuse, with and without `not`. */
#define TI_RULE_INCOMPARABLE (-2)

typedef struct ti_regex_t {
    /* Compile; NULL when the pattern is wrong. */
    void *(*compile)(const char *pattern, apr_pool_t *p);
    /* Does it match these bytes somewhere? 1, 0, or TI_RULE_UNKNOWN: it gave
     * up, as PCRE does at its limits. */
    int (*matches)(const void *compiled, const char *bytes, apr_size_t length);
} ti_regex_t;

#endif
