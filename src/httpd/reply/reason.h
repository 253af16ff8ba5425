/* SPDX-License-Identifier: Apache-2.0
 *
 * What a refused token lacks, for the one log line of a refusal: what the place
 * wants, and what the token has, of the claims that IntrospectLogClaims names.
 */
#ifndef MAI_REASON_H
#define MAI_REASON_H

#include "context/context.h"

/* Behind the cause: ": wanted aud 'a', the token has 'b' 'c'"; "" where nothing
 * is known beyond the cause. Short, printable ASCII, in r->pool. Asks httpd's
 * authorization again where a Require line was not met, so it is for a refusal
 * that is logged. */
const char *mai_reason_difference(request_rec *r, mai_context_t *context);

/* At the end of the line: "; sub 'alice'", each claim that IntrospectLogClaims
 * names beyond its defaults, in r->pool; "" where there is none. */
const char *mai_reason_chosen(request_rec *r, const mai_context_t *context);

#endif
