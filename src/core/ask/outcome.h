/* SPDX-License-Identifier: Apache-2.0
 *
 * What an HTTP response of the authorization server means: status and body to
 * an outcome.
 */
#ifndef TI_OUTCOME_H
#define TI_OUTCOME_H

#include <apr_pools.h>
#include <apr_time.h>

#include "base/result.h"
#include "cache/cache.h"
#include "claims/claims.h"
#include "http/http.h"
#include "traffic/pace.h"

/* The largest body that is read. 20 kB answers are normal at Keycloak. */
#define TI_BODY_MAX ((apr_size_t)64 * 1024)

/* What clients are told to wait when nobody else said; and the most that is
 * passed on of a server's Retry-After. */
#define TI_RETRY_AFTER apr_time_from_sec(5)
#define TI_RETRY_AFTER_MAX apr_time_from_sec(300)

/* What came of asking. */
typedef struct ti_outcome_t {
    ti_kind_t kind;            /* TI_KIND_NONE: no usable answer, see verdict */
    const ti_claims_t *claims; /* with TI_KIND_CLAIMS */
    const char *body;          /* with TI_KIND_DOCUMENT */
    ti_verdict_t verdict; /* TI_UNAVAILABLE or TI_MISCONFIGURED when none */
    int message;          /* log id; also says more about TI_KIND_INACTIVE */
    const char *cause;    /* for the log, without anything of the body but
                             the OAuth error code */
    apr_interval_time_t retry_after; /* 0: nobody said */
    apr_time_t answered;
    apr_interval_time_t took; /* by the last exchange */
    int refused;              /* nonzero: it does not take us for this client */
    int timed_out_early; /* nonzero: after less than half of IntrospectTimeout,
                            which tells nothing about the server */
    ti_feedback_t feedback; /* what it tells about the server; not of
                         ti_outcome_read */
} ti_outcome_t;

/* What is said when nobody could be asked: TI_UNAVAILABLE, for this cause. */
void ti_outcome_give_up(ti_outcome_t *outcome, int message, const char *cause);

/* No answer: this verdict, for this cause. */
void ti_outcome_fail(ti_outcome_t *outcome, ti_verdict_t verdict, int message,
                     const char *cause);

/* Bound how long clients are told to wait. */
void ti_outcome_bound(ti_outcome_t *outcome);

/* What the response to an introspection request means. RFC 7662 2.2 and 2.3.
 * 200 with boolean `active`; 400 with unsupported_token_type or invalid_token,
 * or with invalid_request where `is_known` (this server has answered a
 * question with these credentials before), is "inactive"; other 400s, 401,
 * 403, 404, redirects: we are misconfigured; all else is no answer. Does not
 * set `answered`. */
void ti_outcome_read(ti_outcome_t *outcome, const ti_http_response_t *response,
                     int is_known, apr_pool_t *p);

/* What the members of an answer mean, RFC 7662 2.2: by the boolean `active`,
 * and whether its times can be read. The second: of a token that is active. */
void ti_outcome_of_claims(ti_outcome_t *outcome, const ti_claims_t *claims);
void ti_outcome_of_active(ti_outcome_t *outcome, const ti_claims_t *claims);

/* Why there is no response: its failure is not TI_HTTP_OK. */
void ti_outcome_read_failure(ti_outcome_t *outcome,
                             const ti_http_response_t *response);

/* The JSON object of a response with the status 200, in `p`. NULL: there is
 * none, and the outcome says why. */
const ti_claims_t *ti_outcome_read_object(ti_outcome_t *outcome,
                                          const ti_http_response_t *response,
                                          apr_pool_t *p);

/* What an exchange tells about the server, whatever it was asked: for `outcome`
 * with its `timed_out_early` set, and the response that it was read from. */
ti_feedback_t ti_outcome_feedback(const ti_outcome_t *outcome,
                                  const ti_http_response_t *response);

#endif
