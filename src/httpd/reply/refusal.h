/* SPDX-License-Identifier: Apache-2.0
 *
 * A refusal as it leaves: what belongs to its status is written only when
 * that status is final, so that nothing of it stands in a response that an
 * error document, a branch of <RequireAny> or another module has made a
 * success (RFC 9110 11.6.1, RFC 6750 3).
 */
#ifndef MAI_REFUSAL_H
#define MAI_REFUSAL_H

#include <httpd.h>

/* All text is static or in the pool of the outermost request. */
typedef struct mai_refusal_t {
    int status;
    const char *bearer;      /* our challenge, or NULL */
    const char *basic;       /* a challenge for Basic beside it, or NULL */
    const char *retry_after; /* or NULL */
    const char *origin;      /* of a page that may read it, or NULL */
    int credentials;         /* and may have sent cookies */
    const char *error;       /* for the JSON body; or NULL */
    const char *description; /* the same */
    int rpc_error;           /* where that is JSON-RPC: its code, or 0 */
} mai_refusal_t;

/* The pool that lives until the response has left. */
apr_pool_t *mai_refusal_pool(const request_rec *r);

/* This request is refused like that, should its status stay. */
void mai_refusal_note(request_rec *r, const mai_refusal_t *refusal);

/* httpd's insert_error_filter and insert_filter hooks: for its own page, and
 * for an error document. */
void mai_refusal_insert_error(request_rec *r);
void mai_refusal_insert(request_rec *r);

/* Register the filters. */
void mai_refusal_register(void);

#endif
