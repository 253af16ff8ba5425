/* SPDX-License-Identifier: Apache-2.0
 *
 * The verdict about one request's token, and why.
 */
#ifndef TI_RESULT_H
#define TI_RESULT_H

#include <apr_pools.h>
#include <apr_time.h>

#include "base/clock.h"

struct ti_claims_t;

/* What was decided. Zero refuses: no decision is a refusal. */
typedef enum ti_verdict_t {
    TI_UNDECIDED = 0, /* no decision; treated as misconfigured */
    TI_GRANTED,       /* active, and the policy of this place is met */
    TI_NO_TOKEN,      /* no credentials in the request */
    TI_MALFORMED,     /* two tokens, two methods, or not a b64token */
    TI_INACTIVE,      /* the authorization server said no */
    TI_REJECTED,      /* active, but not good for this place or time */
    TI_INSUFFICIENT,  /* a Require line was not met */
    TI_LOGIN,         /* only a stronger or newer sign-in is missing */
    TI_FOREIGN,       /* from a page of an origin that is not listed */
    TI_UNCLEAR,       /* its headers do not say clearly what it calls */
    TI_UNAVAILABLE,   /* the authorization server could not be asked */
    TI_MISCONFIGURED  /* we are set up wrong: it refused our credentials */
} ti_verdict_t;

/* Where the answer behind a verdict came from. */
typedef enum ti_source_t {
    TI_SOURCE_NONE = 0,
    TI_SOURCE_ASKED,      /* this request asked the authorization server */
    TI_SOURCE_WAITED,     /* another request asked, this one waited for it */
    TI_SOURCE_REMEMBERED, /* found in the cache */
    TI_SOURCE_STALE       /* remembered, past its time, under StaleIfError */
} ti_source_t;

/* A decision with what is needed to answer, log and export it. All pointers are
 * static, or live in the pool of the function that filled it in. */
typedef struct ti_result_t {
    ti_verdict_t verdict;
    ti_source_t source;
    int message;             /* log id of the cause, see messages.h */
    const char *cause;       /* one sentence for the log; no secret */
    const char *description; /* error_description, RFC 6750 3; or NULL */
    const char *issuer; /* of a refusal for its iss: the one that was wanted */
    apr_interval_time_t retry_after;  /* for TI_UNAVAILABLE; 0 = say nothing */
    const struct ti_claims_t *claims; /* only when TI_GRANTED */
    apr_time_t answered; /* when the authorization server was asked (steady);
                            0: it was not */
    const struct ti_claims_t
        *judged;     /* the claims behind a verdict, refusals
                        too; by themselves they grant nothing */
    ti_now_t moment; /* of the judgement; steady only where remembered */
} ti_result_t;

/* Where the answer behind a verdict came from, and how old it is at `now`
 * (steady), as the end of a log line: ", remembered, 12 s old"; "" where there
 * is none. */
const char *ti_result_origin(const ti_result_t *result, apr_time_t now,
                             apr_pool_t *p);

#endif
