/* SPDX-License-Identifier: Apache-2.0
 *
 * The verdict about one token, for one request: which authorization servers
 * are asked, and under which policy.
 */
#ifndef MAI_DECISION_H
#define MAI_DECISION_H

#include <httpd.h>

#include "claims/policy.h"
#include "context/context.h"

/* Decide about context->token for the authorization servers of this place,
 * under `policy`: fills context->result, fingerprint and server. */
void mai_decision_make(mai_context_t *context, request_rec *r,
                       const ti_policy_t *policy);

/* The same under the policy of this place. */
void mai_decision_make_here(mai_context_t *context, request_rec *r);

#endif
