/* SPDX-License-Identifier: Apache-2.0
 *
 * How and when the person behind a token signed in, and what a place demands
 * of that (RFC 9470): judged on every request, also on remembered answers.
 */
#ifndef TI_LOGIN_H
#define TI_LOGIN_H

#include <apr_tables.h>
#include <apr_time.h>

#include "claims/claims.h"

/* One demand; read-only once the configuration is read. */
typedef struct ti_login_t {
    const char *levels;      /* any one of these acr values, separated by
                                spaces; NULL: any */
    apr_interval_time_t age; /* signed in so long ago at most; 0: any */
} ti_login_t;

/* Is this one acr value that can be listed in a challenge (RFC 9470 3)? */
int ti_login_is_level(const char *text);

/* Is the demand met at `now`? By `acr`, a string or an array of strings, and
 * `auth_time`; what is absent, cannot be read, or lies more than a minute in
 * the future, does not meet it. */
int ti_login_met(const ti_login_t *login, const ti_claims_t *claims,
                 apr_time_t now);

/* Both demands as one, in `p`: all levels, and the shorter age. */
void ti_login_add(ti_login_t *sum, const ti_login_t *login, apr_pool_t *p);

#endif
