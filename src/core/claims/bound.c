/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/bound.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "claims/lexeme.h"
#include "claims/moment.h"
#include "claims/regex.h"

#define DAY apr_time_from_sec(24 * 60 * 60)
#define AGE_MAX (100 * 365 * DAY) /* a century: more is a typing error */

/* "-9223372036854.775807" and a NUL fit. */
#define SECONDS_SIZE 32

#define ADVICE                                                                 \
    "write a number as JSON has it, such as 2 or 0.5; 'now', 'now-90d', "      \
    "'now+5min'; or a date, such as 2026-01-31 or 2026-01-31T12\\:00\\:00Z"

static const char *read_limit(ti_bound_t *bound, const char *text,
                              apr_pool_t *p);
static int read_age(apr_interval_time_t *age, const char *text);
static void read_seconds(ti_decimal_t *decimal, char *text, apr_time_t at);

const char *ti_bound_read(ti_bound_t *bound, const char *text, apr_pool_t *p)
{
    char *plain;
    char *to;

    bound->way = *text++ == '<' ? -1 : 1;
    bound->equal = *text == '=';
    text += bound->equal;
    plain = apr_pstrdup(p, text);
    for (to = plain; *text != '\0'; text++) {
        text += text[0] == '\\' && text[1] == ':';
        *to++ = *text;
    }
    *to = '\0';
    return read_limit(bound, plain, p);
}

static const char *read_limit(ti_bound_t *bound, const char *text,
                              apr_pool_t *p)
{
    ti_moment_t moment = {0, TI_MOMENT_ABSENT};

    if (strncmp(text, "now", 3) == 0) {
        bound->time = 1;
        bound->from_now = 1;
        return text[3] == '\0' || read_age(&bound->offset, text + 3) ? NULL
                                                                     : ADVICE;
    }
    if (ti_lexeme_is_number(text, strlen(text))) {
        return ti_decimal_read(&bound->limit, text, strlen(text)) ? NULL
                                                                  : ADVICE;
    }
    ti_moment_from_date(&moment, text, strlen(text));
    if (moment.state != TI_MOMENT_READ) {
        return ADVICE;
    }
    bound->time = 1;
    read_seconds(&bound->limit, apr_palloc(p, SECONDS_SIZE), moment.at);
    return NULL;
}

static int read_age(apr_interval_time_t *age, const char *text)
{
    static const struct {
        const char *name;
        apr_interval_time_t length;
    } units[] = {{"s", APR_USEC_PER_SEC},
                 {"min", 60 * APR_USEC_PER_SEC},
                 {"h", 3600 * APR_USEC_PER_SEC},
                 {"d", DAY}};
    int sign = *text == '-' ? -1 : 1;
    apr_size_t digits = strspn(text + 1, "0123456789");
    apr_int64_t number = apr_atoi64(text + 1);
    apr_size_t i;

    if ((*text != '-' && *text != '+') || digits == 0 || digits > 10) {
        return 0;
    }
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text + 1 + digits, units[i].name) == 0) {
            *age = sign * number * units[i].length;
            return number <= AGE_MAX / units[i].length;
        }
    }
    return 0;
}

int ti_bound_met(const ti_bound_t *bound, const ti_claims_t *claims,
                 const ti_value_t *value, apr_time_t now)
{
    const char *text = value->type == TI_STRING
                           ? ti_claims_string(claims, value)
                           : ti_claims_text(claims, value);
    apr_size_t length = value->type == TI_STRING ? value->length
                        : text != NULL           ? strlen(text)
                                                 : 0;
    char seconds[2][SECONDS_SIZE];
    ti_decimal_t limit = bound->limit;
    ti_moment_t moment = {0, TI_MOMENT_ABSENT};
    ti_decimal_t number;
    int way;

    if (value->type < TI_INTEGER || value->type > TI_STRING || text == NULL) {
        return TI_RULE_INCOMPARABLE;
    }
    if (bound->from_now) {
        read_seconds(&limit, seconds[0], now + bound->offset);
    }
    if (ti_lexeme_is_number(text, length)) {
        if (!ti_decimal_read(&number, text, length)) {
            return TI_RULE_INCOMPARABLE;
        }
    } else {
        ti_moment_from_date(&moment, text, length);
        if (!bound->time || moment.state != TI_MOMENT_READ) {
            return TI_RULE_INCOMPARABLE;
        }
        read_seconds(&number, seconds[1], moment.at);
    }

    way = ti_decimal_compare(&number, &limit);
    return way == 0 ? bound->equal : (way < 0) == (bound->way < 0);
}

/* A moment as seconds since 1970; `text` has SECONDS_SIZE bytes. */
static void read_seconds(ti_decimal_t *decimal, char *text, apr_time_t at)
{
    apr_int64_t whole = at / APR_USEC_PER_SEC;
    apr_int64_t part = at % APR_USEC_PER_SEC;
    int length = apr_snprintf(
        text, SECONDS_SIZE, "%s%" APR_INT64_T_FMT ".%06" APR_INT64_T_FMT,
        at < 0 ? "-" : "", whole < 0 ? -whole : whole, part < 0 ? -part : part);

    ti_decimal_read(decimal, text, (apr_size_t)length);
}
