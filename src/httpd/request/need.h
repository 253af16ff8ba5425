/* SPDX-License-Identifier: Apache-2.0
 *
 * The scopes that a request needs, for its challenge. httpd's own
 * authorization is asked what it would say to a token that meets our lines:
 * <RequireAny>, `not` and other modules' lines mean what they mean there.
 */
#ifndef MAI_NEED_H
#define MAI_NEED_H

#include <httpd.h>
#include <mod_auth.h>

#include "claims/rule.h"
#include "request/context.h"

/* One question of this kind, while it is asked. */
typedef struct mai_need_t mai_need_t;

/* The scopes that let this request in, separated by spaces, in r->pool: of
 * <RequireAll> the union, of <RequireAny> the first branch that this request
 * can meet, by its method for example. Of a granted token (context->result)
 * NULL unless it lacks one of them; NULL also where no scope is asked for. */
const char *mai_need_scope(request_rec *r, mai_context_t *context);

/* What a line of ours answers while context->need asks. `negated`: it must
 * not be met. */
authz_status mai_need_answer(mai_need_t *need, const ti_rule_t *rule,
                             int negated);

#endif
