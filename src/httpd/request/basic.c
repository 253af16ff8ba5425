/* SPDX-License-Identifier: Apache-2.0 */
#include "request/basic.h"

#include "context/context.h"
#include "context/visit.h"
#include "reply/logline.h"
#include "request/authn.h"
#include "request/decision.h"
#include "token/source.h"

static authn_status check_password(request_rec *r, const char *user,
                                   const char *password);

const authn_provider mai_basic_provider = {check_password, NULL};

/* Browsers send it by themselves. */
static const mai_source_t by_password = {NULL, NULL, 0, 1, 0, 0};

/* The name that the client sends proves nothing: the claims name the user. */
static authn_status check_password(request_rec *r, const char *user,
                                   const char *password)
{
    mai_context_t *context = mai_context_make(r);
    mai_visit_t *visit = mai_visit_enter(r)->visit;

    (void)user;
    context->token = password;
    mai_decision_make_here(context, r);
    switch (context->result.verdict) {
    case TI_GRANTED:
        if (visit->token == NULL) {
            visit->token = mai_visit_text(visit, r, password);
            visit->token_source = &by_password;
        }
        mai_authn_let_in(r, context);
        return AUTH_GRANTED;
    case TI_MALFORMED: /* no token, so perhaps another provider's password */
    case TI_INACTIVE:
        mai_logline_refused(r, context, HTTP_UNAUTHORIZED);
        return AUTH_USER_NOT_FOUND;
    case TI_REJECTED:
        mai_logline_refused(r, context, HTTP_UNAUTHORIZED);
        return AUTH_DENIED;
    default:
        return AUTH_GENERAL_ERROR;
    }
}
