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
#include "context/context.h"

/* One question of this kind, while it is asked. */
typedef struct mai_need_t mai_need_t;

/* The scopes that let this request in, separated by spaces, in r->pool: of
 * <RequireAll> the union, of <RequireAny> the first branch that this request
 * can meet, by its method for example. Of a granted token (context->result)
 * NULL unless it lacks one of them; NULL also where no scope is asked for. */
const char *mai_need_scope(request_rec *r, mai_context_t *context);

/* The sign-in that is the only thing missing to let this request of a granted
 * token in (RFC 9470), in r->pool; NULL where more is missing, or something
 * else. */
const struct ti_login_t *mai_need_login(request_rec *r, mai_context_t *context);

/* Ask httpd's authorization as before a user is known: OK, DECLINED (it
 * depends on the user), or a status. Nothing of it is logged. */
int mai_need_ask(request_rec *r);

/* For hearing.h, which lists lines: while it is context->need, lines say what
 * they say of the token that there is. NULL: this one has another purpose. */
struct mai_hearing_t;
mai_need_t *mai_need_of_hearing(struct mai_hearing_t *hearing, request_rec *r,
                                const mai_context_t *context);
struct mai_hearing_t *mai_need_hearing(const mai_need_t *need);

/* The same as below for a line about the sign-in. */
authz_status mai_need_answer_login(mai_need_t *need,
                                   const struct ti_login_t *login, int negated);

/* What a line of ours answers while context->need asks. `negated`: it must
 * not be met. */
authz_status mai_need_answer(mai_need_t *need, const ti_rule_t *rule,
                             int negated);

/* The same for a line of ours that neither a scope nor a sign-in changes, and
 * that is met, or not, by the token that we have. */
authz_status mai_need_answer_other(const mai_need_t *need, int is_met,
                                   int negated);

#endif
