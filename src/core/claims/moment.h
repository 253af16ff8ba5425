/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as JSON writes them: the times exp, nbf and iat, read by value, and
 * reals as text. RFC 7519 2 (NumericDate).
 */
#ifndef TI_MOMENT_H
#define TI_MOMENT_H

#include "claims/claims.h"

/* Seconds since 1970, whole or not, to a moment; clamped, so that no later
 * sum with a leeway can overflow. */
void ti_moment_from_real(ti_moment_t *moment, double seconds);

/* A text of digits, with at most a leading '-'; anything else is
 * TI_MOMENT_UNREADABLE. */
void ti_moment_from_text(ti_moment_t *moment, const char *text,
                         apr_size_t length);

/* The time that a claim says: a number, or a text of digits; anything else is
 * TI_MOMENT_UNREADABLE. */
void ti_moment_from_value(ti_moment_t *moment, const ti_claims_t *claims,
                          const ti_value_t *value);

/* A date of RFC 3339, such as 2026-01-31T12:00:00.5+01:00, or a day, which
 * begins at midnight in UTC; anything else is TI_MOMENT_UNREADABLE. */
void ti_moment_from_date(ti_moment_t *moment, const char *text,
                         apr_size_t length);

/* A real in the fewest digits (15, else 17) that read back as the same. */
const char *ti_moment_real_text(double real, apr_pool_t *p);

#endif
