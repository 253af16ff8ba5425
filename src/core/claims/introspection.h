/* SPDX-License-Identifier: Apache-2.0
 *
 * What a signed answer says, once its signature is verified: RFC 9701 5, or the
 * claims alone, as some servers sign them.
 */
#ifndef TI_INTROSPECTION_H
#define TI_INTROSPECTION_H

#include <apr_pools.h>
#include <apr_time.h>

#include "claims/claims.h"

/* Clocks may differ so much. */
#define TI_INTROSPECTION_LEEWAY apr_time_from_sec(60)

/* An answer signed longer ago was made for an earlier question. */
#define TI_INTROSPECTION_AGE_MAX apr_time_from_sec(300)

/* What is demanded of it. */
typedef struct ti_introspection_demand_t {
    const char *issuer;
    const char *audience; /* NULL: any */
    int is_bare;          /* nonzero: the claims alone, of an active token */
} ti_introspection_demand_t;

/* May a JWS of this `typ` (NULL: none) be such an answer? RFC 9701 5:
 * token-introspection+jwt and nothing else. A bare one: JWT, at+jwt or none,
 * for servers differ. */
int ti_introspection_is_type(const char *typ, int is_bare);

/* Read the answer out of what was signed, in `p`: the members of RFC 7662 2.2.
 * `now`: the wall clock. NULL, or a sentence (without any of the text) that
 * says why it cannot be used; *claims is NULL then. */
const char *ti_introspection_read(const ti_claims_t **claims, const char *text,
                                  apr_size_t length,
                                  const ti_introspection_demand_t *demand,
                                  apr_time_t now, apr_pool_t *p);

/* Does a bare one say that it is another token's than an access token's: a
 * refresh token's, or an ID token? */
int ti_introspection_is_other(const ti_claims_t *claims);

#endif
