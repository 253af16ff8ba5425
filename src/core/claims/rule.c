/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/rule.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/condition.h"
#include "claims/words.h"

struct ti_rule_t {
    ti_rule_kind_t kind;
    const ti_regex_t *regex;
    apr_array_header_t *conditions; /* of ti_condition_t; for scope: all */
    const char *scope;
    int timed;
};

static const char *parse_claim(ti_rule_t *rule, const apr_array_header_t *words,
                               apr_pool_t *p);
static const char *parse_fixed(ti_rule_t *rule, const char *word,
                               apr_pool_t *p);
static void want_scope(ti_rule_t *rule, const char *word, apr_pool_t *p);

const char *ti_rule_parse(ti_rule_t **rule, ti_rule_kind_t kind,
                          const apr_array_header_t *words,
                          const ti_regex_t *regex, apr_pool_t *p)
{
    ti_rule_t *parsed = apr_pcalloc(p, sizeof(*parsed));
    const char *complaint = NULL;
    int i;

    *rule = NULL;
    parsed->kind = kind;
    parsed->regex = regex;
    parsed->conditions =
        apr_array_make(p, words->nelts, sizeof(ti_condition_t));
    if (words->nelts == 0) {
        return "it names nothing: write what is required, such as 'Require "
               "claim sub:alice', 'Require scope read' or 'Require audience "
               "https://api.example'";
    }

    if (kind == TI_RULE_CLAIM) {
        complaint = parse_claim(parsed, words, p);
    }
    for (i = 0; kind != TI_RULE_CLAIM && i < words->nelts && complaint == NULL;
         i++) {
        complaint =
            parse_fixed(parsed, APR_ARRAY_IDX(words, i, const char *), p);
    }
    *rule = complaint == NULL ? parsed : NULL;
    return complaint;
}

int ti_rule_met(const ti_rule_t *rule, const ti_claims_t *claims,
                apr_time_t now)
{
    int every = rule->kind == TI_RULE_SCOPE;
    int told = every;
    int i;

    for (i = 0; i < rule->conditions->nelts; i++) {
        int is_met = ti_condition_met(
            &APR_ARRAY_IDX(rule->conditions, i, ti_condition_t), rule->regex,
            claims, NULL, now);

        if (is_met < 0) {
            told = told == TI_RULE_UNKNOWN ? told : is_met;
        } else if (is_met != every) {
            return !every;
        }
    }
    return told;
}

int ti_rule_met_by(const ti_rule_t *rule, const ti_claims_t *claims,
                   const ti_scoping_t *scoping, apr_time_t now)
{
    int i;

    if (scoping == NULL || rule->kind != TI_RULE_SCOPE) {
        return ti_rule_met(rule, claims, now);
    }
    for (i = 0; i < rule->conditions->nelts; i++) {
        if (!ti_scoping_covers(
                scoping, claims,
                APR_ARRAY_IDX(rule->conditions, i, ti_condition_t).text)) {
            return 0;
        }
    }
    return 1;
}

int ti_rule_timed(const ti_rule_t *rule)
{
    return rule->timed;
}

const char *ti_rule_scope(const ti_rule_t *rule)
{
    return rule->scope;
}

static const char *parse_claim(ti_rule_t *rule, const apr_array_header_t *words,
                               apr_pool_t *p)
{
    ti_words_t line = {words, 0, 0, rule->regex, p};
    const char *complaint = ti_words_read(rule->conditions, &line);
    int i;

    rule->timed = line.timed;
    for (i = 0; complaint == NULL && i < rule->conditions->nelts; i++) {
        ti_condition_t *condition =
            &APR_ARRAY_IDX(rule->conditions, i, ti_condition_t);

        if (condition->relation != TI_RELATION_EQUAL ||
            strcmp(condition->path.whole, "scope") != 0 ||
            !ti_rule_is_scope(condition->text)) {
            continue;
        }
        condition->words = 1;
        /* one of the line's words is enough; a beginning is no scope */
        if (rule->scope == NULL && !condition->prefix) {
            want_scope(rule, condition->text, p);
        }
    }
    return complaint;
}

static const char *parse_fixed(ti_rule_t *rule, const char *word, apr_pool_t *p)
{
    ti_condition_t *condition = apr_array_push(rule->conditions);
    int scope = rule->kind == TI_RULE_SCOPE;

    condition->path.whole = scope ? "scope" : "aud";
    condition->path.whole_length = strlen(condition->path.whole);
    condition->relation = TI_RELATION_EQUAL;
    condition->text = apr_pstrdup(p, word);
    condition->words = scope;
    if (*word == '\0' || (scope && !ti_rule_is_scope(word))) {
        return apr_psprintf(p, "'%s' is not %s", word,
                            scope ? "one scope (RFC 6749 3.3): write several "
                                    "as 'Require scope one two'"
                                  : "an audience");
    }
    if (scope) {
        want_scope(rule, word, p);
    }
    return NULL;
}

static void want_scope(ti_rule_t *rule, const char *word, apr_pool_t *p)
{
    rule->scope = rule->scope == NULL
                      ? apr_pstrdup(p, word)
                      : apr_pstrcat(p, rule->scope, " ", word, NULL);
}

/* scope-token of RFC 6749 3.3; it also goes into a header as it is. */
int ti_rule_is_scope(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c <= 0x20 || c == '"' || c == '\\' || c > 0x7e) {
            return 0;
        }
    }
    return 1;
}
