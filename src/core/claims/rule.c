/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/control.h"
#include "claims/mistake.h"

/* One condition on one claim. */
typedef struct condition_t {
    const char *whole; /* the name as one member's */
    const char *path;  /* the name as a path, or NULL */
    apr_size_t whole_length;
    apr_size_t path_length;
    char relation;    /* ':', '~', or '\0' for "present" */
    int words;        /* look among the words of a string */
    const char *text; /* VALUE */
    int has_integer;
    int has_real;
    apr_int64_t integer;
    double real;
    void *compiled; /* REGEX */
} condition_t;

struct ti_rule_t {
    ti_rule_kind_t kind;
    const ti_regex_t *regex;
    apr_array_header_t *conditions; /* of condition_t; for scope: all */
    const char *scope;
    int words; /* of the line */
};

static const char *parse_condition(ti_rule_t *rule, const char *word,
                                   apr_pool_t *p);
static const char *parse_fixed(ti_rule_t *rule, const char *word,
                               apr_pool_t *p);
static void parse_value(condition_t *condition);
static void want_scope(ti_rule_t *rule, const char *word, apr_pool_t *p);
static const ti_value_t *find(const condition_t *condition,
                              const ti_claims_t *claims);
static int met(const ti_rule_t *rule, const condition_t *condition,
               const ti_claims_t *claims);
static int value_met(const ti_rule_t *rule, const condition_t *condition,
                     const ti_claims_t *claims, const ti_value_t *value);
static int equal(const condition_t *condition, const ti_claims_t *claims,
                 const ti_value_t *value);
static int matches(const ti_rule_t *rule, const condition_t *condition,
                   const ti_claims_t *claims, const ti_value_t *value);

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
    parsed->words = words->nelts;
    parsed->conditions = apr_array_make(p, words->nelts, sizeof(condition_t));
    if (words->nelts == 0) {
        return "it names nothing: write what is required, such as 'Require "
               "claim sub:alice', 'Require scope read' or 'Require audience "
               "https://api.example'";
    }

    for (i = 0; i < words->nelts && complaint == NULL; i++) {
        const char *word = APR_ARRAY_IDX(words, i, const char *);

        complaint = kind == TI_RULE_CLAIM ? parse_condition(parsed, word, p)
                                          : parse_fixed(parsed, word, p);
    }
    *rule = complaint == NULL ? parsed : NULL;
    return complaint;
}

int ti_rule_met(const ti_rule_t *rule, const ti_claims_t *claims)
{
    int every = rule->kind == TI_RULE_SCOPE;
    int told = every;
    int i;

    for (i = 0; i < rule->conditions->nelts; i++) {
        const condition_t *condition =
            &APR_ARRAY_IDX(rule->conditions, i, condition_t);
        int is_met = met(rule, condition, claims);

        if (is_met == TI_RULE_UNKNOWN) {
            told = TI_RULE_UNKNOWN;
        } else if (is_met != every) {
            return !every;
        }
    }
    return told;
}

const char *ti_rule_scope(const ti_rule_t *rule)
{
    return rule->scope;
}

const char *ti_rule_name(const char **whole, const char **path,
                         const char **rest, const char *text, apr_pool_t *p)
{
    char *plain = apr_pstrdup(p, text);
    char *steps = apr_pstrdup(p, text);
    apr_size_t length = 0;
    int parted = 0;

    for (; *text != '\0' && *text != ':' && *text != '~'; text++) {
        int escaped = *text == '\\' && strchr(".:~\\", text[1]) != NULL &&
                      text[1] != '\0';

        text += escaped;
        if (ti_control_is(*text)) {
            return "a claim's name cannot hold control characters";
        }
        plain[length] = *text;
        steps[length] = *text;
        if (*text == '.' && !escaped) {
            steps[length] = TI_CLAIMS_STEP;
            parted = 1;
        }
        length++;
    }

    plain[length] = '\0';
    steps[length] = '\0';
    *whole = plain;
    *path = parted ? steps : NULL;
    *rest = text;
    return length > 0 ? NULL : "the name of the claim is missing";
}

static const char *parse_condition(ti_rule_t *rule, const char *word,
                                   apr_pool_t *p)
{
    condition_t *condition = apr_array_push(rule->conditions);
    const char *rest;
    const char *complaint =
        ti_rule_name(&condition->whole, &condition->path, &rest, word, p);

    if (complaint != NULL) {
        return apr_psprintf(p, "'%s': %s; write NAME, NAME:VALUE or NAME~REGEX",
                            word, complaint);
    }
    condition->whole_length = strlen(condition->whole);
    condition->path_length =
        condition->path != NULL ? strlen(condition->path) : 0;
    condition->relation = *rest;
    complaint =
        ti_mistake_find(word, condition->whole, *rest,
                        *rest != '\0' ? rest + 1 : rest, rule->words == 1, p);
    if (complaint != NULL || *rest == '\0') {
        return complaint;
    }
    condition->text = apr_pstrdup(p, rest + 1);
    if (*condition->text == '\0') {
        return apr_psprintf(p,
                            "'%s' has nothing after '%c'; to ask only that "
                            "the claim is present write its name alone",
                            word, condition->relation);
    }

    if (condition->relation == '~') {
        condition->compiled = rule->regex->compile(condition->text, p);
        return condition->compiled != NULL
                   ? NULL
                   : apr_psprintf(p, "'%s' is not a regular expression (PCRE)",
                                  condition->text);
    }
    parse_value(condition);
    if (strcmp(condition->whole, "scope") == 0 &&
        ti_rule_is_scope(condition->text)) {
        condition->words = 1;
        if (rule->scope == NULL) { /* one of the line's words is enough */
            want_scope(rule, condition->text, p);
        }
    }
    return NULL;
}

static const char *parse_fixed(ti_rule_t *rule, const char *word, apr_pool_t *p)
{
    condition_t *condition = apr_array_push(rule->conditions);
    int scope = rule->kind == TI_RULE_SCOPE;

    condition->whole = scope ? "scope" : "aud";
    condition->whole_length = strlen(condition->whole);
    condition->relation = ':';
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

/* What VALUE is besides a string. */
static void parse_value(condition_t *condition)
{
    const char *text = condition->text;
    char *end;

    if (strspn(text, "0123456789+-.eE") != strlen(text)) {
        return;
    }
    condition->real = strtod(text, &end);
    condition->has_real = *end == '\0';
    errno = 0;
    condition->integer = apr_strtoi64(text, &end, 10);
    condition->has_integer = *end == '\0' && errno == 0;
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

static const ti_value_t *find(const condition_t *condition,
                              const ti_claims_t *claims)
{
    const ti_value_t *value =
        ti_claims_find(claims, condition->whole, condition->whole_length);

    if ((value == NULL || value->type == TI_NULL) && condition->path != NULL) {
        value = ti_claims_find(claims, condition->path, condition->path_length);
    }
    return value;
}

static int met(const ti_rule_t *rule, const condition_t *condition,
               const ti_claims_t *claims)
{
    const ti_value_t *value = find(condition, claims);
    int told = 0;
    apr_uint32_t i;

    if (value == NULL || value->type == TI_NULL) {
        return 0;
    }
    if (condition->relation == '\0') {
        return 1;
    }
    if (value->type != TI_ARRAY) {
        return value_met(rule, condition, claims, value);
    }
    for (i = 0; i < value->elements.count && told != 1; i++) {
        int is_met = value_met(rule, condition, claims,
                               ti_claims_element(claims, value, i));

        told = is_met != 0 ? is_met : told;
    }
    return told;
}

static int value_met(const ti_rule_t *rule, const condition_t *condition,
                     const ti_claims_t *claims, const ti_value_t *value)
{
    return condition->relation == '~' ? matches(rule, condition, claims, value)
                                      : equal(condition, claims, value);
}

static int equal(const condition_t *condition, const ti_claims_t *claims,
                 const ti_value_t *value)
{
    switch (value->type) {
    case TI_STRING:
        return condition->words
                   ? ti_claims_has_word(claims, value, condition->text)
                   : ti_claims_holds(claims, value, condition->text);
    case TI_INTEGER:
        if (condition->has_integer) {
            return value->as.integer == condition->integer;
        }
        return condition->has_real &&
               (double)value->as.integer == condition->real;
    case TI_REAL:
        return condition->has_real && value->as.real == condition->real;
    case TI_TRUE:
        return strcmp(condition->text, "true") == 0;
    case TI_FALSE:
        return strcmp(condition->text, "false") == 0;
    default:
        return 0;
    }
}

static int matches(const ti_rule_t *rule, const condition_t *condition,
                   const ti_claims_t *claims, const ti_value_t *value)
{
    const char *text;

    if (value->type == TI_STRING) {
        return rule->regex->matches(condition->compiled,
                                    ti_claims_string(claims, value),
                                    value->length);
    }
    text = ti_claims_text(claims, value);
    return text != NULL && value->type != TI_OBJECT
               ? rule->regex->matches(condition->compiled, text, strlen(text))
               : 0;
}
