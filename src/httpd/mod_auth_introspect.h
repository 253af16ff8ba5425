/* SPDX-License-Identifier: Apache-2.0
 *
 * For other modules: token introspection as httpd optional functions.
 * Include this file, and in post_config or later:
 *
 *     APR_OPTIONAL_FN_TYPE(introspect_verify) *verify =
 *         APR_RETRIEVE_OPTIONAL_FN(introspect_verify);
 *
 * NULL when mod_auth_introspect is not loaded.
 */
#ifndef MOD_AUTH_INTROSPECT_H
#define MOD_AUTH_INTROSPECT_H

#include <apr_tables.h>
#include <httpd.h>
#include <apr_optional.h>

/* What the caller demands in place of what the request's place does; all zero:
 * nothing beyond an active token of its authorization server. */
typedef struct introspect_policy_t {
    const char *issuer;                  /* NULL: any */
    const apr_array_header_t *audiences; /* of const char *; NULL: any */
    apr_interval_time_t leeway;          /* clock skew, microseconds; below 0:
                                            the place's; an hour at most */
    int fresh;                           /* nonzero: always ask */
} introspect_policy_t;

/* Verify a token with the authorization server of this request's place. A NULL
 * policy is that of the place: IntrospectIssuer, IntrospectAudience,
 * IntrospectLeeway and IntrospectMaxAge.
 * Returns OK, or the HTTP status that a client would get (400, 401, 500,
 * 503); nothing is written into the request. With OK, *claims (if not NULL)
 * is a table in r->pool from each top-level claim's name to its text, as it
 * would be exported. RFC 7662. */
APR_DECLARE_OPTIONAL_FN(int, introspect_verify,
                        (request_rec * r, const char *token,
                         const introspect_policy_t *policy,
                         apr_table_t **claims));

/* The same, and *reason (if not NULL) is why not: the log's number and words,
 * such as "MAI0023: it has expired", in r->pool, and NULL with OK. It holds
 * nothing of the token, but belongs into a log and not into a response. */
APR_DECLARE_OPTIONAL_FN(int, introspect_explain,
                        (request_rec * r, const char *token,
                         const introspect_policy_t *policy,
                         apr_table_t **claims, const char **reason));

/* Is this supported? ("format", "opaque"), ("format", "introspection") and
 * ("algorithm", "remote") are; everything else is not. */
APR_DECLARE_OPTIONAL_FN(int, introspect_supports,
                        (const char *kind, const char *name));

/* Tokens are verified here and never issued: APR_ENOTIMPL, always. */
APR_DECLARE_OPTIONAL_FN(apr_status_t, introspect_mint,
                        (request_rec * r, const char **token));

#endif
