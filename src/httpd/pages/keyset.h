/* SPDX-License-Identifier: Apache-2.0
 *
 * SetHandler introspect-jwks: the authorization server's key set.
 */
#ifndef MAI_KEYSET_H
#define MAI_KEYSET_H

#include <httpd.h>

#include "ask/outcome.h"
#include "base/world.h"
#include "claims/policy.h"

/* SetHandler introspect-jwks: see handler.h. Serves the document of
 * IntrospectJWKSURL, remembered for 60 s by all processes; {"keys":[]} when
 * none is set (RFC 7517 5). */
int mai_keyset_handle(request_rec *r);

/* Prepare a question to this place's only authorization server about its key
 * set, with *policy and *log, which live as long as it does. OK; DECLINED:
 * there is no such server, or no key set; HTTP_INTERNAL_SERVER_ERROR: it is set
 * up wrong; HTTP_SERVICE_UNAVAILABLE: its metadata cannot be had, and *outcome
 * says why. */
int mai_keyset_question(ti_question_t *question, ti_outcome_t *outcome,
                        request_rec *r, ti_policy_t *policy, ti_log_t *log);

#endif
