/* SPDX-License-Identifier: Apache-2.0
 *
 * What one place demands of the claims of an active token. Judged on every
 * request, also on remembered answers: places share a cache, not a policy.
 */
#ifndef TI_POLICY_H
#define TI_POLICY_H

#include <apr_tables.h>
#include <apr_time.h>

#include "base/result.h"
#include "claims/claims.h"

/* Read-only once the configuration is read; owned by its pool. */
typedef struct ti_policy_t {
    const char *issuer;  /* NULL: any */
    int issuer_required; /* nonzero: an answer without iss is refused */
    const apr_array_header_t *audiences; /* of const char *; NULL: any */
    apr_interval_time_t leeway;          /* clock skew for exp, nbf, iat */
    apr_interval_time_t max_age; /* accept no remembered answer older than
                                    this; 0: always ask; below 0: no demand */
} ti_policy_t;

/* Judge an active token's claims at `now`: sets result->verdict to
 * TI_GRANTED (with result->claims) or TI_REJECTED, message, cause and
 * description; and judged in either case. exp, nbf, iat (RFC 7662 2.2); iss;
 * aud, any one match (RFC 9700 2.3); token_type and token_use; cnf, which we
 * cannot check, refuses (RFC 8705 3, RFC 9449 6). Unreadable times give
 * TI_UNAVAILABLE. */
void ti_policy_judge(ti_result_t *result, const ti_policy_t *policy,
                     const ti_claims_t *claims, apr_time_t now);

#endif
