/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/condition.h"

#include <errno.h>
#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

/* A condition, and the claims that it is compared with. */
typedef struct comparison_t {
    const ti_condition_t *condition;
    const ti_regex_t *regex;
    const ti_claims_t *claims;
    apr_time_t now;
} comparison_t;

static int needs_value(const ti_condition_t *condition);
static int any_met(const comparison_t *comparison, const ti_value_t *array);
static int value_met(const comparison_t *comparison, const ti_value_t *value);
static int equal(const ti_condition_t *condition, const ti_claims_t *claims,
                 const ti_value_t *value);
static int number_equals(const ti_condition_t *condition,
                         const ti_claims_t *claims, const ti_value_t *value);
static int resembles(const ti_condition_t *condition, const ti_claims_t *claims,
                     const ti_value_t *value);
static int begins(const ti_condition_t *condition, const char *text,
                  apr_size_t length);
static int matches(const comparison_t *comparison, const ti_value_t *value);
static int all_met(const comparison_t *comparison, const ti_value_t *object);
static int either(int one, int other);

void ti_condition_number(ti_condition_t *condition)
{
    const char *text = condition->text;
    char *end;

    errno = 0;
    condition->integer = apr_strtoi64(text, &end, 10);
    condition->has_number =
        ti_decimal_read(&condition->number, text, strlen(text));
    condition->has_integer =
        condition->has_number && *end == '\0' && errno == 0;
}

int ti_condition_met(const ti_condition_t *condition, const ti_regex_t *regex,
                     const ti_claims_t *claims, const ti_value_t *object,
                     apr_time_t now)
{
    const ti_value_t *value =
        claims != NULL ? ti_path_find(&condition->path, claims, object) : NULL;
    comparison_t comparison;

    if (value == NULL) {
        return needs_value(condition) ? TI_RULE_INCOMPARABLE : 0;
    }
    if (condition->words && value->type == TI_STRING &&
        !needs_value(condition)) {
        return ti_claims_has_word(claims, value, condition->text);
    }
    if (condition->relation == TI_RELATION_PRESENT) {
        return 1;
    }
    comparison.condition = condition;
    comparison.regex = regex;
    comparison.claims = claims;
    comparison.now = now;
    return value->type == TI_ARRAY ? any_met(&comparison, value)
                                   : value_met(&comparison, value);
}

/* All but a comparison with an exact text is undecided where there is nothing
 * to compare. */
static int needs_value(const ti_condition_t *condition)
{
    return condition->relation >= TI_RELATION_BOUND || condition->nocase ||
           condition->prefix;
}

static int any_met(const comparison_t *comparison, const ti_value_t *array)
{
    int met = 0;
    apr_uint32_t i;

    if (array->elements.count == 0 &&
        comparison->condition->relation != TI_RELATION_HOLDS &&
        needs_value(comparison->condition)) {
        return TI_RULE_INCOMPARABLE;
    }
    for (i = 0; i < array->elements.count && met != 1; i++) {
        const ti_value_t *element =
            ti_claims_element(comparison->claims, array, i);

        met = either(met, comparison->condition->relation == TI_RELATION_HOLDS
                              ? all_met(comparison, element)
                              : value_met(comparison, element));
    }
    return met;
}

static int value_met(const comparison_t *comparison, const ti_value_t *value)
{
    const ti_condition_t *condition = comparison->condition;

    switch (condition->relation) {
    case TI_RELATION_EQUAL:
        return condition->nocase || condition->prefix
                   ? resembles(condition, comparison->claims, value)
                   : equal(condition, comparison->claims, value);
    case TI_RELATION_MATCHES:
        return matches(comparison, value);
    case TI_RELATION_BOUND:
        return ti_bound_met(&condition->bound, comparison->claims, value,
                            comparison->now);
    default:
        return TI_RULE_INCOMPARABLE; /* no array that could hold something */
    }
}

static int equal(const ti_condition_t *condition, const ti_claims_t *claims,
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
        return number_equals(condition, claims, value);
    case TI_REAL:
        return number_equals(condition, claims, value);
    case TI_TRUE:
        return strcmp(condition->text, "true") == 0;
    case TI_FALSE:
        return strcmp(condition->text, "false") == 0;
    default:
        return 0;
    }
}

static int number_equals(const ti_condition_t *condition,
                         const ti_claims_t *claims, const ti_value_t *value)
{
    const char *text = ti_claims_text(claims, value);
    ti_decimal_t number;

    return condition->has_number && text != NULL &&
           ti_decimal_read(&number, text, strlen(text)) &&
           ti_decimal_compare(&number, &condition->number) == 0;
}

/* VALUE without regard to case, or as a beginning. */
static int resembles(const ti_condition_t *condition, const ti_claims_t *claims,
                     const ti_value_t *value)
{
    const char *text = value->type == TI_STRING
                           ? ti_claims_string(claims, value)
                           : ti_claims_text(claims, value);
    const char *end;

    if (text == NULL || value->type >= TI_ARRAY || value->type == TI_NULL) {
        return TI_RULE_INCOMPARABLE;
    }
    end = text + (value->type == TI_STRING ? value->length : strlen(text));
    while (condition->words && text < end) {
        const char *space = memchr(text, ' ', (size_t)(end - text));

        if (space == NULL) {
            break;
        }
        if (begins(condition, text, (apr_size_t)(space - text))) {
            return 1;
        }
        text = space + 1;
    }
    return begins(condition, text, (apr_size_t)(end - text));
}

static int begins(const ti_condition_t *condition, const char *text,
                  apr_size_t length)
{
    apr_size_t wanted = strlen(condition->text);

    if (length < wanted || (length > wanted && !condition->prefix)) {
        return 0;
    }
    return condition->nocase
               ? apr_cstr_casecmpn(text, condition->text, wanted) == 0
               : memcmp(text, condition->text, wanted) == 0;
}

static int matches(const comparison_t *comparison, const ti_value_t *value)
{
    const ti_condition_t *condition = comparison->condition;
    const char *text;

    if (value->type == TI_STRING) {
        return comparison->regex->matches(
            condition->compiled, ti_claims_string(comparison->claims, value),
            value->length);
    }
    text = ti_claims_text(comparison->claims, value);
    return text != NULL && value->type < TI_ARRAY
               ? comparison->regex->matches(condition->compiled, text,
                                            strlen(text))
               : 0;
}

/* All conditions by this one object. What is no object holds nothing. */
static int all_met(const comparison_t *comparison, const ti_value_t *object)
{
    const apr_array_header_t *conditions = comparison->condition->conditions;
    int met = 1;
    int i;

    if (object->type != TI_OBJECT) {
        return TI_RULE_INCOMPARABLE;
    }
    for (i = 0; i < conditions->nelts && met != 0; i++) {
        int is_met = ti_condition_met(
            &APR_ARRAY_IDX(conditions, i, ti_condition_t), comparison->regex,
            comparison->claims, object, comparison->now);

        if (is_met != 1 && met != TI_RULE_UNKNOWN) {
            met = is_met;
        } else if (is_met == 0) {
            met = 0;
        }
    }
    return met;
}

/* Of two that are not both decided the one that counts: 1, then what is
 * undecided, then 0. */
static int either(int one, int other)
{
    if (one == 1 || other == 1) {
        return 1;
    }
    return one != 0 && (one == TI_RULE_UNKNOWN || other == 0) ? one : other;
}
