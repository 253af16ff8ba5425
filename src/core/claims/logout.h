/* SPDX-License-Identifier: Apache-2.0
 *
 * What a logout token says, once its signature is verified: OpenID Connect
 * Back-Channel Logout 1.0, 2.4 and 2.6.
 */
#ifndef TI_LOGOUT_H
#define TI_LOGOUT_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <apr_time.h>

/* Older ones are refused: an authorization server calls at once. */
#define TI_LOGOUT_AGE_MAX apr_time_from_sec(300)

/* What a place demands of it. */
typedef struct ti_logout_demand_t {
    const char *issuer;
    const apr_array_header_t *audiences; /* of const char *: any one of them */
    apr_interval_time_t leeway;
} ti_logout_demand_t;

/* Who logs out; text in the pool of the reading. */
typedef struct ti_logout_t {
    const char *subject; /* one of these two may be NULL */
    const char *session;
    const char *id; /* jti */
    apr_time_t issued;
} ti_logout_t;

/* May a JWS of this `typ` (NULL: none) be a logout token? logout+jwt, or JWT
 * or none, as older servers have it. */
int ti_logout_is_type(const char *typ);

/* Read the claims, in `p`. `now`: the wall clock. NULL, or a sentence (static)
 * that says why it is refused. */
const char *ti_logout_read(ti_logout_t *logout, const char *text,
                           apr_size_t length, const ti_logout_demand_t *demand,
                           apr_time_t now, apr_pool_t *p);

#endif
