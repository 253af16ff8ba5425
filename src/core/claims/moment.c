/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

static int has_form(const char *text, const char *end, const char *form);
static int number_at(const char *text, int digits);
static apr_int32_t read_fraction(const char **text, const char *end);
static int read_zone(apr_int64_t *zone, const char *text, const char *end);
static int is_date(const apr_time_exp_t *parts);

/* About 100,000 years: far beyond any token, far below overflow. */
#define SECONDS_MAX 3.2e12

void ti_moment_from_real(ti_moment_t *moment, double seconds)
{
    if (seconds > SECONDS_MAX) {
        seconds = SECONDS_MAX;
    } else if (seconds < -SECONDS_MAX) {
        seconds = -SECONDS_MAX;
    }
    moment->at = (apr_time_t)(seconds * APR_USEC_PER_SEC);
    if (moment->at == 0 && seconds != 0) {
        moment->at = seconds > 0 ? 1 : -1; /* only 0 itself is 0 */
    }
    moment->state = TI_MOMENT_READ;
}

void ti_moment_from_text(ti_moment_t *moment, const char *text,
                         apr_size_t length)
{
    apr_size_t sign = length > 0 && text[0] == '-' ? 1 : 0;

    if (length == sign || strspn(text + sign, "0123456789") != length - sign) {
        moment->state = TI_MOMENT_UNREADABLE;
        return;
    }
    ti_moment_from_real(moment, strtod(text, NULL));
}

void ti_moment_from_value(ti_moment_t *moment, const ti_claims_t *claims,
                          const ti_value_t *value)
{
    switch (value->type) {
    case TI_INTEGER:
        ti_moment_from_real(moment, (double)value->as.integer);
        return;
    case TI_REAL:
        ti_moment_from_real(moment, value->as.real);
        return;
    case TI_STRING:
        ti_moment_from_text(moment, ti_claims_string(claims, value),
                            value->length);
        return;
    default:
        moment->state = TI_MOMENT_UNREADABLE;
    }
}

void ti_moment_from_date(ti_moment_t *moment, const char *text,
                         apr_size_t length)
{
    static const char day[] = "0000-00-00";
    static const char time[] = "T00:00:00";
    const char *end = text + length;
    apr_time_exp_t parts = {0};
    apr_int64_t zone = 0;

    moment->state = TI_MOMENT_UNREADABLE;
    if (!has_form(text, end, day)) {
        return;
    }
    parts.tm_year = number_at(text, 4) - 1900;
    parts.tm_mon = number_at(text + 5, 2) - 1;
    parts.tm_mday = number_at(text + 8, 2);
    text += sizeof(day) - 1;
    if (text < end) {
        if (!has_form(text, end, time)) {
            return;
        }
        parts.tm_hour = number_at(text + 1, 2);
        parts.tm_min = number_at(text + 4, 2);
        parts.tm_sec = number_at(text + 7, 2);
        text += sizeof(time) - 1;
        parts.tm_usec = read_fraction(&text, end);
        if (!read_zone(&zone, text, end)) {
            return;
        }
    }
    if (is_date(&parts) &&
        apr_time_exp_gmt_get(&moment->at, &parts) == APR_SUCCESS) {
        moment->at -= apr_time_from_sec(zone);
        moment->state = TI_MOMENT_READ;
    }
}

/* Does the text begin like this, with any digit for each '0'? */
static int has_form(const char *text, const char *end, const char *form)
{
    for (; *form != '\0'; form++, text++) {
        if (text == end ||
            (*form == '0' ? !apr_isdigit(*text) : *form != *text)) {
            return 0;
        }
    }
    return 1;
}

static int number_at(const char *text, int digits)
{
    int number = 0;

    for (; digits > 0; digits--) {
        number = number * 10 + (*text++ - '0');
    }
    return number;
}

/* Microseconds; what is finer is left out. */
static apr_int32_t read_fraction(const char **text, const char *end)
{
    apr_int32_t fraction = 0;
    apr_int32_t unit = APR_USEC_PER_SEC / 10;

    if (!has_form(*text, end, ".0")) {
        return 0;
    }
    for (++*text; *text < end && apr_isdigit(**text); ++*text) {
        fraction += (**text - '0') * unit;
        unit /= 10;
    }
    return fraction;
}

static int read_zone(apr_int64_t *zone, const char *text, const char *end)
{
    if (end - text == 1 && *text == 'Z') {
        return 1;
    }
    if (end - text != 6 ||
        (!has_form(text, end, "+00:00") && !has_form(text, end, "-00:00"))) {
        return 0;
    }
    *zone = (*text == '-' ? -60 : 60) *
            (number_at(text + 1, 2) * 60 + number_at(text + 4, 2));
    return number_at(text + 1, 2) < 24 && number_at(text + 4, 2) < 60;
}

static int is_date(const apr_time_exp_t *parts)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = parts->tm_year + 1900;
    int leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (year < 1970 || parts->tm_mon < 0 || parts->tm_mon > 11 ||
        parts->tm_mday < 1 || parts->tm_mday > days[parts->tm_mon] ||
        (parts->tm_mon == 1 && parts->tm_mday == 29 && !leaps)) {
        return 0;
    }
    return parts->tm_hour < 24 && parts->tm_min < 60 && parts->tm_sec < 60;
}

const char *ti_moment_real_text(double real, apr_pool_t *p)
{
    char text[40];

    snprintf(text, sizeof(text), "%.15g", real);
    if (strtod(text, NULL) != real) {
        snprintf(text, sizeof(text), "%.17g", real);
    }
    return apr_pstrdup(p, text);
}
