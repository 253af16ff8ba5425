/* SPDX-License-Identifier: Apache-2.0
 *
 * What we know about one request, from the token to the challenge.
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
    apr_uint32_t label;    /* of the token, for the log; 0: none */
    const char *token;     /* also after IntrospectForwardToken Off */
    mai_subject_t subject; /* of a granted token */
    const struct mai_refusal_t *refusal; /* as we refused it, or NULL */
    const struct ti_login_t *login; /* the sign-in that is missing, or NULL */
    struct mai_need_t *need; /* while httpd is asked what would let it in */
} mai_context_t;

/* A context for this request, all zero: it refuses. */
mai_context_t *mai_context_make(request_rec *r);

/* This request's own context, or NULL. */
mai_context_t *mai_context_of(const request_rec *r);

/* The own context; else, where httpd took over the user of the request that
 * this one comes from, because both have one configuration, that one's. */
mai_context_t *mai_context_inherited(const request_rec *r);

/* The token of a request that this one comes from, or NULL. */
const char *mai_context_earlier_token(const request_rec *r);

#endif
