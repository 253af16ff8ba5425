/* SPDX-License-Identifier: Apache-2.0
 *
 * What was decided about one request, from the token to the challenge.
 */
#ifndef MAI_CONTEXT_H
#define MAI_CONTEXT_H

#include <httpd.h>

#include "base/result.h"

/* Whose token it is. A name that equals the token's client_id is a program's,
 * whichever claim it stands in (RFC 9700 4.15). */
typedef enum mai_subject_t {
    MAI_SUBJECT_NONE = 0, /* neither a person nor a program has a name */
    MAI_SUBJECT_USER,
    MAI_SUBJECT_CLIENT
} mai_subject_t;

/* One per request that we authenticated or refused; in the request's pool. */
typedef struct mai_context_t {
    ti_result_t result;
    apr_uint32_t label;               /* of the token, for the log; 0: none */
    const struct ti_server_t *server; /* who was asked about it; or NULL */
    const char *token;     /* also after IntrospectForwardToken Off */
    mai_subject_t subject; /* of a granted token */
    char *user;            /* for httpd, of a granted token */
    const struct mai_refusal_t *refusal; /* as we refused it, or NULL */
    const struct ti_login_t *login; /* the sign-in that is missing, or NULL */
    int rpc_error;                  /* a JSON-RPC client's error code, or 0 */
    int guest;               /* IntrospectOptional On, and there is no token */
    struct mai_need_t *need; /* while httpd is asked what would let it in */
} mai_context_t;

/* A context for this request, all zero: it refuses. */
mai_context_t *mai_context_make(request_rec *r);

/* This request's own context, or NULL. */
mai_context_t *mai_context_of(const request_rec *r);

/* Where the request that this one continues was let in by us under the very
 * same settings: that decision holds for this one too. Nonzero: *context is a
 * copy of it. */
int mai_context_continue(mai_context_t *context, request_rec *r);

/* Where httpd took over the user of the request that this one continues,
 * because both have one configuration: make that one's decision this one's.
 * Nonzero: there was one, and it let in. */
int mai_context_inherit(request_rec *r);

/* Where a sub-request has taken this request's place (httpd's fast redirect,
 * for DirectoryIndex, FallbackResource and MultiViews): take over what was
 * decided about it, nothing where that was nothing, and its user. Nonzero: that
 * let it in. */
int mai_context_replace(request_rec *r);

#endif
