/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/words.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/condition.h"
#include "claims/mistake.h"

/* Braces within braces: no answer is nested deeper. */
#define NESTING_MAX 8

/* The words that say how those behind them are compared. */
typedef struct modifiers_t {
    int nocase;
    int prefix;
} modifiers_t;

static const char *read_group(apr_array_header_t *conditions, ti_words_t *words,
                              int nesting);
static const char *take_option(modifiers_t *modifiers, const ti_words_t *words,
                               const char *word);
static int is_group(const ti_words_t *words, const char *word);
static const char *read_word(ti_condition_t *condition, ti_words_t *words,
                             const char *word, int only);
static const char *read_holds(ti_condition_t *condition, ti_words_t *words,
                              const char *word, int nesting);
static const char *read_bound(ti_condition_t *condition, ti_words_t *words,
                              const char *word, const char *sign);
static const char *read_value(ti_condition_t *condition, ti_words_t *words,
                              char relation, const char *value);
static const char *set_modifiers(ti_condition_t *condition, const char *word,
                                 const modifiers_t *modifiers, apr_pool_t *p);

const char *ti_words_read(apr_array_header_t *conditions, ti_words_t *words)
{
    const char *complaint = read_group(conditions, words, 0);

    if (complaint == NULL && words->at < words->words->nelts) {
        complaint = "a '}' closes nothing: write NAME{ before the words that "
                    "one object has to meet";
    }
    return complaint;
}

/* Up to the end of the line or, within braces, to the '}'. */
static const char *read_group(apr_array_header_t *conditions, ti_words_t *words,
                              int nesting)
{
    modifiers_t modifiers = {0, 0};
    const char *complaint = NULL;

    while (words->at < words->words->nelts && complaint == NULL) {
        const char *word = APR_ARRAY_IDX(words->words, words->at, const char *);
        ti_condition_t *condition;

        if (strcmp(word, "}") == 0 && words->words->nelts > 1) {
            break;
        }
        words->at++;
        complaint = take_option(&modifiers, words, word);
        if (complaint == NULL || *complaint != '\0') {
            continue;
        }
        condition = apr_array_push(conditions);
        complaint = is_group(words, word)
                        ? read_holds(condition, words, word, nesting + 1)
                        : read_word(condition, words, word,
                                    nesting > 0 || words->words->nelts == 1);
        if (complaint == NULL) {
            complaint = set_modifiers(condition, word, &modifiers, words->p);
        }
    }
    return complaint;
}

/* NULL: the word was one of ours and is done; "": it is another. */
static const char *take_option(modifiers_t *modifiers, const ti_words_t *words,
                               const char *word)
{
    int nocase = strcmp(word, "nocase") == 0;

    /* alone it is the name of a claim */
    if (words->words->nelts == 1 || (!nocase && strcmp(word, "prefix") != 0)) {
        return "";
    }
    modifiers->nocase |= nocase;
    modifiers->prefix |= !nocase;
    if (words->at == words->words->nelts ||
        strcmp(APR_ARRAY_IDX(words->words, words->at, const char *), "}") ==
            0) {
        return apr_psprintf(words->p,
                            "'%s' stands before the words that it is for, as "
                            "in 'Require claim %s NAME:VALUE'",
                            word, word);
    }
    return NULL;
}

/* Alone it is the name of a claim, and what has a relation has VALUE or REGEX
 * that ends so. */
static int is_group(const ti_words_t *words, const char *word)
{
    apr_size_t length = strlen(word);
    ti_path_t path;
    const char *rest;

    return words->words->nelts > 1 && length > 0 && word[length - 1] == '{' &&
           ti_path_read(&path, &rest, word, words->p) == NULL && *rest == '\0';
}

static const char *read_holds(ti_condition_t *condition, ti_words_t *words,
                              const char *word, int nesting)
{
    const char *rest;
    const char *complaint = ti_path_read(
        &condition->path, &rest,
        apr_pstrmemdup(words->p, word, strlen(word) - 1), words->p);

    if (complaint == NULL && nesting > NESTING_MAX) {
        complaint = "braces are nested too deeply";
    }
    if (complaint == NULL) {
        complaint =
            ti_mistake_find(word, condition->path.whole, '{', "", 0, words->p);
    }
    if (complaint != NULL) {
        return apr_psprintf(words->p, "'%s': %s; write NAME{ WORD... }", word,
                            complaint);
    }

    condition->relation = TI_RELATION_HOLDS;
    condition->conditions = apr_array_make(words->p, 2, sizeof(ti_condition_t));
    complaint = read_group(condition->conditions, words, nesting);
    if (complaint != NULL) {
        return complaint;
    }
    if (words->at == words->words->nelts || condition->conditions->nelts == 0) {
        return apr_psprintf(words->p,
                            "'%s' needs conditions, and a '}' behind them as a "
                            "word of its own, as in '%s type:a actions:b }'",
                            word, word);
    }
    words->at++; /* the '}' */
    return NULL;
}

/* A ':' or '~' decides what a word is, then a '<' or '>': names with these
 * stood before a ':' when there were no numbers to compare. `only`: a name
 * alone makes sense here. */
static const char *read_word(ti_condition_t *condition, ti_words_t *words,
                             const char *word, int only)
{
    const char *rest;
    const char *complaint =
        ti_path_read(&condition->path, &rest, word, words->p);
    const char *sign = strpbrk(word, "<>");

    if (complaint == NULL && *rest == '\0' && sign != NULL) {
        return read_bound(condition, words, word, sign);
    }
    if (complaint != NULL) {
        return apr_psprintf(words->p,
                            "'%s': %s; write NAME, NAME:VALUE or NAME~REGEX",
                            word, complaint);
    }
    complaint =
        ti_mistake_find(word, condition->path.whole, *rest,
                        *rest != '\0' ? rest + 1 : rest, only, words->p);
    return complaint != NULL || *rest == '\0'
               ? complaint
               : read_value(condition, words, *rest, rest + 1);
}

static const char *read_bound(ti_condition_t *condition, ti_words_t *words,
                              const char *word, const char *sign)
{
    const char *name =
        apr_pstrmemdup(words->p, word, (apr_size_t)(sign - word));
    const char *rest;
    const char *complaint =
        ti_path_read(&condition->path, &rest, name, words->p);

    if (complaint == NULL) {
        complaint = ti_mistake_find(word, name, '<', sign, 0, words->p);
    }
    if (complaint == NULL) {
        complaint = ti_bound_read(&condition->bound, sign, words->p);
    }
    condition->relation = TI_RELATION_BOUND;
    words->timed |= condition->bound.from_now;
    return complaint == NULL
               ? NULL
               : apr_psprintf(words->p, "'%s': %s", word, complaint);
}

static const char *read_value(ti_condition_t *condition, ti_words_t *words,
                              char relation, const char *value)
{
    condition->text = apr_pstrdup(words->p, value);
    if (*value == '\0') {
        return apr_psprintf(words->p,
                            "'%s%c' has nothing after '%c'; to ask only that "
                            "the claim is present write its name alone",
                            condition->path.whole, relation, relation);
    }
    if (relation == '~') {
        condition->relation = TI_RELATION_MATCHES;
        condition->compiled = words->regex->compile(condition->text, words->p);
        return condition->compiled != NULL
                   ? NULL
                   : apr_psprintf(words->p,
                                  "'%s' is not a regular expression (PCRE)",
                                  condition->text);
    }
    condition->relation = TI_RELATION_EQUAL;
    ti_condition_number(condition);
    return NULL;
}

static const char *set_modifiers(ti_condition_t *condition, const char *word,
                                 const modifiers_t *modifiers, apr_pool_t *p)
{
    const char *c = condition->text;

    condition->nocase = modifiers->nocase;
    condition->prefix = modifiers->prefix;
    if (!modifiers->nocase && !modifiers->prefix) {
        return NULL;
    }
    if (condition->relation != TI_RELATION_EQUAL) {
        return apr_psprintf(p,
                            "'%s': 'nocase' and 'prefix' are for NAME:VALUE; "
                            "in a regular expression write (?i) and ^, and in "
                            "braces write them after the '{'",
                            word);
    }
    while (modifiers->nocase && *c != '\0' && (unsigned char)*c < 0x80) {
        c++;
    }
    return !modifiers->nocase || *c == '\0'
               ? NULL
               : apr_psprintf(
                     p,
                     "'%s': 'nocase' covers ASCII letters only; write a "
                     "regular expression that begins with (*UTF)(?i)",
                     word);
}
