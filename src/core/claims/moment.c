/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

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

const char *ti_moment_real_text(double real, apr_pool_t *p)
{
    char text[40];

    snprintf(text, sizeof(text), "%.15g", real);
    if (strtod(text, NULL) != real) {
        snprintf(text, sizeof(text), "%.17g", real);
    }
    return apr_pstrdup(p, text);
}
