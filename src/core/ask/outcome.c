/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/outcome.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/mediatype.h"
#include "base/messages.h"

static void read_status(ti_outcome_t *outcome,
                        const ti_http_response_t *response, apr_pool_t *p);
static void read_bad_request(ti_outcome_t *outcome,
                             const ti_http_response_t *response, int is_known,
                             apr_pool_t *p);
static void read_body(ti_outcome_t *outcome, const ti_http_response_t *response,
                      apr_pool_t *p);
static const char *error_code(const ti_http_response_t *response,
                              apr_pool_t *p);
static const ti_claims_t *parse(ti_outcome_t *outcome,
                                const ti_http_response_t *response,
                                apr_pool_t *p);

void ti_outcome_give_up(ti_outcome_t *outcome, int message, const char *cause)
{
    memset(outcome, 0, sizeof(*outcome));
    ti_outcome_fail(outcome, TI_UNAVAILABLE, message, cause);
    outcome->retry_after = TI_RETRY_AFTER;
}

void ti_outcome_bound(ti_outcome_t *outcome)
{
    if (outcome->retry_after == 0) {
        outcome->retry_after = TI_RETRY_AFTER;
    }
    if (outcome->retry_after > TI_RETRY_AFTER_MAX) {
        outcome->retry_after = TI_RETRY_AFTER_MAX;
    }
}

void ti_outcome_read(ti_outcome_t *outcome, const ti_http_response_t *response,
                     int is_known, apr_pool_t *p)
{
    if (response->failure != TI_HTTP_OK) {
        ti_outcome_read_failure(outcome, response);
    } else if (response->status == 200) {
        read_body(outcome, response, p);
    } else if (response->status == 400) {
        read_bad_request(outcome, response, is_known, p);
    } else {
        read_status(outcome, response, p);
    }
}

const ti_claims_t *ti_outcome_read_object(ti_outcome_t *outcome,
                                          const ti_http_response_t *response,
                                          apr_pool_t *p)
{
    if (response->failure != TI_HTTP_OK) {
        ti_outcome_read_failure(outcome, response);
        return NULL;
    }
    if (response->status != 200) {
        read_status(outcome, response, p);
        return NULL;
    }
    return parse(outcome, response, p);
}

ti_feedback_t ti_outcome_feedback(const ti_outcome_t *outcome,
                                  const ti_http_response_t *response)
{
    if (outcome->kind != TI_KIND_NONE) {
        return outcome->kind == TI_KIND_CLAIMS ? TI_FEEDBACK_ACTIVE
                                               : TI_FEEDBACK_INACTIVE;
    }
    if (response->failure == TI_HTTP_ABORTED ||
        response->failure == TI_HTTP_INTERNAL || outcome->timed_out_early) {
        return TI_FEEDBACK_NONE;
    }
    if (response->failure != TI_HTTP_OK && !response->sent) {
        return response->failure == TI_HTTP_TIMEOUT ? TI_FEEDBACK_UNCONNECTED
                                                    : TI_FEEDBACK_UNSENT;
    }
    if (response->failure == TI_HTTP_TIMEOUT) {
        return TI_FEEDBACK_TIMEOUT;
    }
    if (response->status == 429 || response->status == 503) {
        return TI_FEEDBACK_OVERLOAD;
    }
    return outcome->verdict == TI_MISCONFIGURED ? TI_FEEDBACK_OTHER
                                                : TI_FEEDBACK_TROUBLE;
}

void ti_outcome_fail(ti_outcome_t *outcome, ti_verdict_t verdict, int message,
                     const char *cause)
{
    outcome->kind = TI_KIND_NONE;
    outcome->verdict = verdict;
    outcome->message = message;
    outcome->cause = cause;
}

void ti_outcome_read_failure(ti_outcome_t *outcome,
                             const ti_http_response_t *response)
{
    static const int messages[] = {
        [TI_HTTP_RESOLVE] = TI_MSG_RESOLVE,
        [TI_HTTP_CONNECT] = TI_MSG_CONNECT,
        [TI_HTTP_TIMEOUT] = TI_MSG_TIMEOUT,
        [TI_HTTP_TLS] = TI_MSG_TLS,
        [TI_HTTP_TOO_LARGE] = TI_MSG_TOO_LARGE,
        [TI_HTTP_BROKEN] = TI_MSG_BROKEN,
        [TI_HTTP_ABORTED] = TI_MSG_ABORTED,
        [TI_HTTP_INTERNAL] = TI_MSG_INTERNAL,
    };

    ti_outcome_fail(outcome, TI_UNAVAILABLE, messages[response->failure],
                    response->reason);
}

static void read_status(ti_outcome_t *outcome,
                        const ti_http_response_t *response, apr_pool_t *p)
{
    int status = response->status;

    /* of other statuses it may be about this one token */
    if (status == 429 || status == 503) {
        outcome->retry_after = response->retry_after;
    }
    if (status == 401 || status == 403) {
        ti_outcome_fail(
            outcome, TI_MISCONFIGURED, TI_MSG_CREDENTIALS,
            apr_psprintf(p, "it refused our credentials (HTTP %d)", status));
        outcome->refused = status == 401; /* 403 knows whom it refuses */
    } else if (status == 404 || status == 405 || status == 410) {
        ti_outcome_fail(
            outcome, TI_MISCONFIGURED, TI_MSG_NOT_FOUND,
            apr_psprintf(p,
                         "there is no introspection endpoint at this URL "
                         "(HTTP %d)",
                         status));
    } else if (status >= 300 && status < 400) {
        ti_outcome_fail(outcome, TI_MISCONFIGURED, TI_MSG_REDIRECT,
                        apr_psprintf(p,
                                     "it redirects (HTTP %d), which is never "
                                     "followed with a token",
                                     status));
    } else if (status == 429) {
        ti_outcome_fail(outcome, TI_UNAVAILABLE, TI_MSG_THROTTLED,
                        "it reported too many requests (HTTP 429)");
    } else {
        ti_outcome_fail(outcome, TI_UNAVAILABLE, TI_MSG_STATUS,
                        apr_psprintf(p, "it answered HTTP %d", status));
    }
}

/* 400 is about this token only where an error code says so. `is_known`: these
 * credentials have been accepted here, so a request that is invalid is the
 * token's fault. */
static void read_bad_request(ti_outcome_t *outcome,
                             const ti_http_response_t *response, int is_known,
                             apr_pool_t *p)
{
    const char *code =
        ti_mediatype_is_json(response->type) ? error_code(response, p) : NULL;

    if (code != NULL && (strcmp(code, "invalid_client") == 0 ||
                         strcmp(code, "unauthorized_client") == 0)) {
        ti_outcome_fail(
            outcome, TI_MISCONFIGURED, TI_MSG_CREDENTIALS,
            apr_psprintf(p, "it refused our credentials (HTTP 400 %s)", code));
        outcome->refused = strcmp(code, "invalid_client") == 0;
        return;
    }
    if (code == NULL || (strcmp(code, "unsupported_token_type") != 0 &&
                         strcmp(code, "invalid_token") != 0 &&
                         (strcmp(code, "invalid_request") != 0 || !is_known))) {
        ti_outcome_fail(
            outcome, TI_MISCONFIGURED, TI_MSG_BAD_REQUEST,
            apr_psprintf(p, "it did not understand the question (HTTP 400%s%s)",
                         code != NULL ? " " : "", code != NULL ? code : ""));
        return;
    }
    outcome->kind = TI_KIND_INACTIVE;
    outcome->message = TI_MSG_INACTIVE;
    outcome->cause = apr_psprintf(p,
                                  "the authorization server does not recognize "
                                  "it as a token (HTTP 400 %s)",
                                  code);
}

static void read_body(ti_outcome_t *outcome, const ti_http_response_t *response,
                      apr_pool_t *p)
{
    const ti_claims_t *claims;

    if (!ti_mediatype_is_json(response->type)) {
        ti_outcome_fail(
            outcome, TI_UNAVAILABLE, TI_MSG_TYPE,
            apr_psprintf(p,
                         "it answered 200 with the media type '%.60s', "
                         "not application/json",
                         response->type));
        return;
    }
    claims = parse(outcome, response, p);
    if (claims != NULL) {
        ti_outcome_of_claims(outcome, claims);
    }
}

void ti_outcome_of_claims(ti_outcome_t *outcome, const ti_claims_t *claims)
{
    const ti_value_t *active = ti_claims_member(claims, "active");

    if (active != NULL && active->type == TI_FALSE) {
        outcome->kind = TI_KIND_INACTIVE;
        outcome->message = TI_MSG_INACTIVE;
        outcome->cause =
            "the authorization server says that the token is not active";
        return;
    }
    if (active == NULL || active->type != TI_TRUE) {
        ti_outcome_fail(
            outcome, TI_UNAVAILABLE, TI_MSG_ACTIVE,
            "'active' in its answer is missing or not true or false");
        return;
    }
    ti_outcome_of_active(outcome, claims);
}

void ti_outcome_of_active(ti_outcome_t *outcome, const ti_claims_t *claims)
{
    if (claims->expires.state == TI_MOMENT_UNREADABLE ||
        claims->not_before.state == TI_MOMENT_UNREADABLE ||
        claims->issued.state == TI_MOMENT_UNREADABLE) {
        ti_outcome_fail(outcome, TI_UNAVAILABLE, TI_MSG_TIMES,
                        "exp, nbf or iat in its answer is not a number");
        return;
    }
    outcome->kind = TI_KIND_CLAIMS;
    outcome->claims = claims;
}

static const ti_claims_t *parse(ti_outcome_t *outcome,
                                const ti_http_response_t *response,
                                apr_pool_t *p)
{
    const ti_claims_t *claims;
    const char *why;

    if (ti_claims_compile(&claims, &why, response->body, response->length, p) !=
        APR_SUCCESS) {
        ti_outcome_fail(outcome, TI_UNAVAILABLE, TI_MSG_JSON,
                        apr_psprintf(p, "its answer cannot be used: %s", why));
        return NULL;
    }
    return claims;
}

/* The OAuth error code of an error body, if it looks like one. RFC 6749 5.2 */
static const char *error_code(const ti_http_response_t *response, apr_pool_t *p)
{
    const ti_claims_t *claims;
    const char *why;
    const char *code;

    if (ti_claims_compile(&claims, &why, response->body, response->length, p) !=
        APR_SUCCESS) {
        return NULL;
    }
    code = ti_claims_plain(claims, "error");
    if (code == NULL || strlen(code) > 40 ||
        strspn(code, "abcdefghijklmnopqrstuvwxyz_") != strlen(code)) {
        return NULL;
    }
    return code;
}
