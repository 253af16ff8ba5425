/* SPDX-License-Identifier: Apache-2.0
 *
 * A number or a time that a claim has to be below or above.
 */
#ifndef TI_BOUND_H
#define TI_BOUND_H

#include "claims/claims.h"
#include "claims/decimal.h"

/* Zero is met by nothing. */
typedef struct ti_bound_t {
    int way;   /* the claim has to be below (-1) or above (1) */
    int equal; /* nonzero: or equal */
    int time;  /* the claim is a time: also a date of RFC 3339 */
    int from_now;
    apr_interval_time_t offset; /* of the limit from now */
    ti_decimal_t limit;         /* seconds since 1970, of a time */
} ti_bound_t;

/* Read "<2", ">=-0.5", ">now", "<=now-90d", ">2026-01-31" (in UTC) or
 * "<2026-01-31T12:00:00Z"; a `\:` stands for a ':'. Times have s, min, h or d
 * behind them. NULL, or what to write; in `p`. */
const char *ti_bound_read(ti_bound_t *bound, const char *text, apr_pool_t *p);

/* Is the value, no array, within? 1, 0, or TI_RULE_INCOMPARABLE: it is neither
 * a number nor a string that is one, nor, for times, a date. */
int ti_bound_met(const ti_bound_t *bound, const ti_claims_t *claims,
                 const ti_value_t *value, apr_time_t now);

#endif
