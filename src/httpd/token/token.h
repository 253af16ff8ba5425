/* SPDX-License-Identifier: Apache-2.0
 *
 * Where in a request the token is.
 */
#ifndef MAI_TOKEN_H
#define MAI_TOKEN_H

#include "context/context.h"

/* Find the bearer token of a request (RFC 6750 2.1) and put it into
 * context->token; that of a request that this one continues, where that one had
 * one. TI_UNDECIDED when there is one to decide about, else TI_NO_TOKEN or
 * TI_MALFORMED, with message and cause in context->result. */
ti_verdict_t mai_token_find(mai_context_t *context, request_rec *r);

#endif
