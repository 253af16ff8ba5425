/* SPDX-License-Identifier: Apache-2.0
 *
 * The token of a request, found.
 */
#ifndef MAI_TOKEN_H
#define MAI_TOKEN_H

#include "context/context.h"

/* Find the bearer token of a request (RFC 6750 2.1) and put it into
 * context->token. The token of a request that this one continues comes first.
 * TI_UNDECIDED: there is a token to decide about. Else TI_NO_TOKEN or
 * TI_MALFORMED, with message and cause in context->result. */
ti_verdict_t mai_token_find(mai_context_t *context, request_rec *r);

#endif
