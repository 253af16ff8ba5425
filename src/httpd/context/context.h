/* SPDX-License-Identifier: Apache-2.0
 *
 * The decision about one request, from the token to the challenge.
 */
#ifndef MAI_CONTEXT_H
#define MAI_CONTEXT_H

#include <httpd.h>

#include "base/result.h"

/* The kind of the token's subject. A name that equals the token's client_id
 * belongs to a program, whichever claim holds it (RFC 9700 4.15). */
typedef enum mai_subject_t {
    MAI_SUBJECT_NONE = 0, /* neither a person nor a program has a name */
    MAI_SUBJECT_USER,
    MAI_SUBJECT_CLIENT
} mai_subject_t;

/* Each request that we authenticated or refused has one, in its pool. */
typedef struct mai_context_t {
    ti_result_t result;
    apr_uint32_t fingerprint;         /* of the token, for the log; 0: none */
    const struct ti_server_t *server; /* the one that was asked; or NULL */
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

/* Take over the decision of the request that this one continues, if we let that
 * request in under the very same settings. Nonzero: *context is a copy of that
 * decision. */
int mai_context_continue(mai_context_t *context, request_rec *r);

/* httpd took over the user of the request that this one continues, because both
 * have one configuration: take over its decision, too. Nonzero: there was a
 * decision, and it let the request in. */
int mai_context_inherit(request_rec *r);

/* A sub-request has taken this request's place (httpd's fast redirect, for
 * DirectoryIndex, FallbackResource and MultiViews): take over its decision, or
 * that there is none, and its user. Nonzero: the decision let it in. */
int mai_context_replace(request_rec *r);

#endif
