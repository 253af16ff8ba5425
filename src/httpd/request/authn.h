/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is it: the check_authn hook for AuthType Introspect, and what came of
 * AuthType Basic with our provider.
 */
#ifndef MAI_AUTHN_H
#define MAI_AUTHN_H

#include <httpd.h>

#include "context/context.h"

/* Is this request at a place with AuthType Introspect? */
int mai_authn_is_ours(request_rec *r);

/* Who was granted is a user, with claims for the application. */
void mai_authn_let_in(request_rec *r, mai_context_t *context);

/* What a fresh context begins with: TI_GRANTED where the request that this one
 * continues was let in under the same settings, else what mai_token_find says.
 */
ti_verdict_t mai_authn_begin(mai_context_t *context, request_rec *r);

/* From that to OK, or the status of a refusal. */
int mai_authn_conclude(request_rec *r, mai_context_t *context,
                       ti_verdict_t found);

/* httpd's check_authn hook. */
int mai_authn_check(request_rec *r);

#endif
