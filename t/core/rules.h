/* SPDX-License-Identifier: Apache-2.0
 *
 * Require lines for tests, with the regular expressions of POSIX.
 */
#ifndef T_RULES_H
#define T_RULES_H

#include "claims/rule.h"

#include <regex.h>

#include <apr_strings.h>

#include "records.h"

static apr_status_t regex_free(void *compiled)
{
    regfree(compiled);
    return APR_SUCCESS;
}

static void *regex_compile(const char *pattern, apr_pool_t *p)
{
    regex_t *regex = apr_pcalloc(p, sizeof(*regex));

    if (regcomp(regex, pattern, REG_EXTENDED) != 0) {
        return NULL;
    }
    apr_pool_cleanup_register(p, regex, regex_free, apr_pool_cleanup_null);
    return regex;
}

static int regex_matches(const void *compiled, const char *bytes,
                         apr_size_t length)
{
    regmatch_t range = {0, (regoff_t)length};

    return regexec(compiled, bytes, 1, &range, REG_STARTEND) == 0;
}

static const ti_regex_t regex = {regex_compile, regex_matches};

/* The words of a line, parted by '|', each in an exact-size block. */
static inline const char *parse(ti_rule_t **rule, ti_rule_kind_t kind,
                                const char *line)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));
    char *rest = apr_pstrdup(pool, line);
    char *word;

    while ((word = strsep(&rest, "|")) != NULL) {
        APR_ARRAY_PUSH(words, const char *) = exact(word, strlen(word) + 1);
    }
    return ti_rule_parse(rule, kind, words, &regex, pool);
}

static inline int met(ti_rule_kind_t kind, const char *line, const char *json)
{
    ti_rule_t *rule;

    ck_assert_ptr_null(parse(&rule, kind, line));
    ck_assert_ptr_nonnull(rule);
    return ti_rule_met(rule, claims_of(json), 0) == 1;
}

static inline int claim(const char *line, const char *json)
{
    return met(TI_RULE_CLAIM, line, json);
}

#endif
