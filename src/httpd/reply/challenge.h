/* SPDX-License-Identifier: Apache-2.0
 *
 * From a verdict to the refusal that the client gets: status,
 * WWW-Authenticate (RFC 6750 3, RFC 9110 11), Retry-After; and its log line.
 */
#ifndef MAI_CHALLENGE_H
#define MAI_CHALLENGE_H

#include "context/context.h"

/* Refuse the request as context->result says; the headers are written when
 * the status is final. Returns the HTTP status that the hook has to return;
 * never OK. */
int mai_challenge_refuse(request_rec *r, mai_context_t *context);

/* The same for AuthType Basic: mod_auth_basic writes the challenge. */
int mai_challenge_refuse_basic(request_rec *r, mai_context_t *context);

/* The status that the verdict means to a client. */
int mai_challenge_status(const mai_context_t *context);

/* httpd's note_auth_failure hook: some other module refuses a request with
 * 401 at a place of ours. */
int mai_challenge_note(request_rec *r, const char *type);

#endif
