/* SPDX-License-Identifier: Apache-2.0 */
#include "claims/policy.h"

#include <apr_cstr.h>

#include "base/messages.h"

static int refuse(ti_result_t *result, ti_verdict_t verdict, int message,
                  const char *cause, const char *description);
static int in_time(ti_result_t *result, const ti_policy_t *policy,
                   const ti_claims_t *claims, apr_time_t now);
static int right_kind(ti_result_t *result, const ti_claims_t *claims);
static int right_issuer(ti_result_t *result, const ti_policy_t *policy,
                        const ti_claims_t *claims);
static int right_audience(ti_result_t *result, const ti_policy_t *policy,
                          const ti_claims_t *claims);
static int is_other_kind(const char *type);
static int is_bound_kind(const ti_claims_t *claims);

void ti_policy_judge(ti_result_t *result, const ti_policy_t *policy,
                     const ti_claims_t *claims, apr_time_t now)
{
    result->judged = claims;
    if (!in_time(result, policy, claims, now) || !right_kind(result, claims) ||
        !right_issuer(result, policy, claims) ||
        !right_audience(result, policy, claims)) {
        return;
    }
    result->claims = claims;
    result->verdict = TI_GRANTED;
}

static int refuse(ti_result_t *result, ti_verdict_t verdict, int message,
                  const char *cause, const char *description)
{
    result->verdict = verdict;
    result->message = message;
    result->cause = cause;
    result->description = description;
    return 0;
}

static int in_time(ti_result_t *result, const ti_policy_t *policy,
                   const ti_claims_t *claims, apr_time_t now)
{
    if (claims->expires.state == TI_MOMENT_UNREADABLE ||
        claims->not_before.state == TI_MOMENT_UNREADABLE ||
        claims->issued.state == TI_MOMENT_UNREADABLE) {
        return refuse(result, TI_UNAVAILABLE, TI_MSG_TIMES,
                      "exp, nbf or iat of the answer is not a number", NULL);
    }
    if (claims->expires.state == TI_MOMENT_READ &&
        now - policy->leeway >= claims->expires.at) {
        return refuse(result, TI_REJECTED, TI_MSG_EXPIRED,
                      "the token has expired (exp)", "The token has expired");
    }
    if (claims->not_before.state == TI_MOMENT_READ &&
        now + policy->leeway < claims->not_before.at) {
        return refuse(result, TI_REJECTED, TI_MSG_NOT_YET,
                      "the token is not valid yet (nbf)",
                      "The token is not valid yet");
    }
    if (claims->issued.state == TI_MOMENT_READ &&
        now + policy->leeway < claims->issued.at) {
        return refuse(result, TI_REJECTED, TI_MSG_ISSUED_LATER,
                      "the token was issued in the future (iat)",
                      "The token is not valid yet");
    }
    return 1;
}

static int right_kind(ti_result_t *result, const ti_claims_t *claims)
{
    static const char *const names[] = {"token_type", "token_use"};
    apr_size_t i;

    if (claims->ordinary) {
        return 1;
    }
    if (is_bound_kind(claims)) {
        return refuse(result, TI_REJECTED, TI_MSG_BOUND,
                      "it is bound to a key by DPoP (token_type, RFC 9449), "
                      "which this server cannot check",
                      "The token is bound to a key");
    }
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const ti_value_t *type = ti_claims_member(claims, names[i]);

        if (type == NULL) {
            continue;
        }
        if (type->type != TI_STRING ||
            is_other_kind(ti_claims_string(claims, type))) {
            return refuse(result, TI_REJECTED, TI_MSG_TOKEN_TYPE,
                          "it is not an access token (token_type, token_use)",
                          "This is not an access token");
        }
    }
    if (ti_claims_member(claims, "cnf") != NULL) {
        return refuse(result, TI_REJECTED, TI_MSG_BOUND,
                      "it is bound to a key or certificate (cnf), which this "
                      "server cannot check",
                      "The token is bound to a key");
    }
    return 1;
}

static int right_issuer(ti_result_t *result, const ti_policy_t *policy,
                        const ti_claims_t *claims)
{
    const ti_value_t *issuer;

    if (policy->issuer == NULL) {
        return 1;
    }
    issuer = ti_claims_member(claims, "iss");
    if (issuer == NULL && !policy->issuer_required) {
        return 1;
    }
    if (issuer != NULL && issuer->type == TI_STRING &&
        ti_claims_holds(claims, issuer, policy->issuer)) {
        return 1;
    }
    result->issuer = policy->issuer;
    if (issuer == NULL) {
        return refuse(result, TI_REJECTED, TI_MSG_ISSUER,
                      "iss is absent, and the IntrospectIssuer of this place "
                      "requires it",
                      "The token is from another issuer");
    }
    return refuse(result, TI_REJECTED, TI_MSG_ISSUER,
                  "iss is not the IntrospectIssuer of this place",
                  "The token is from another issuer");
}

static int right_audience(ti_result_t *result, const ti_policy_t *policy,
                          const ti_claims_t *claims)
{
    const ti_value_t *audience;
    int i;

    if (policy->audiences == NULL) {
        return 1;
    }
    audience = ti_claims_member(claims, "aud");
    for (i = 0; audience != NULL && i < policy->audiences->nelts; i++) {
        if (ti_claims_holds(
                claims, audience,
                APR_ARRAY_IDX(policy->audiences, i, const char *))) {
            return 1;
        }
    }
    return refuse(result, TI_REJECTED, TI_MSG_AUDIENCE,
                  "aud holds none of the IntrospectAudience of this place",
                  "The token is for another audience");
}

static int is_other_kind(const char *type)
{
    return apr_cstr_casecmp(type, "refresh_token") == 0 ||
           apr_cstr_casecmp(type, "refresh") == 0 ||
           apr_cstr_casecmp(type, "id_token") == 0 ||
           apr_cstr_casecmp(type, "id") == 0;
}

static int is_bound_kind(const ti_claims_t *claims)
{
    const char *type = ti_claims_plain(claims, "token_type");

    return type != NULL && apr_cstr_casecmp(type, "DPoP") == 0;
}
