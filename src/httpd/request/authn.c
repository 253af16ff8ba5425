/* SPDX-License-Identifier: Apache-2.0 */
#include "request/authn.h"

#include <string.h>

#include <apr_cstr.h>
#include <http_core.h>
#include <http_request.h>

#include "config/config.h"
#include "context/chain.h"
#include "context/context.h"
#include "context/visit.h"
#include "export/export.h"
#include "export/user.h"
#include "module.h"
#include "reply/challenge.h"
#include "request/decision.h"
#include "request/response.h"
#include "token/credentials.h"
#include "token/token.h"

static int check_other(request_rec *r);
static int is_basic(request_rec *r);

/* Where httpd wants a char *, which nobody writes to. */
static char auth_type[] = MAI_AUTH_TYPE;

int mai_authn_is_ours(request_rec *r)
{
    const char *type = ap_auth_type(r);

    /* first as everybody writes it: each request asks */
    return type != NULL && (strcmp(type, MAI_AUTH_TYPE) == 0 ||
                            apr_cstr_casecmp(type, MAI_AUTH_TYPE) == 0);
}

int mai_authn_check(request_rec *r)
{
    mai_context_t *context;

    if (!mai_authn_is_ours(r)) {
        return check_other(r);
    }
    context = mai_context_make(r);
    return mai_authn_conclude(r, context, mai_authn_begin(context, r));
}

ti_verdict_t mai_authn_begin(mai_context_t *context, request_rec *r)
{
    return mai_context_continue(context, r) ? TI_GRANTED
                                            : mai_token_find(context, r);
}

int mai_authn_conclude(request_rec *r, mai_context_t *context,
                       ti_verdict_t found)
{
    r->ap_auth_type = auth_type;
    if (found == TI_UNDECIDED) {
        mai_decision_make_here(context, r);
    }
    if (context->result.verdict != TI_GRANTED) {
        return mai_challenge_refuse(r, context);
    }
    mai_authn_let_in(r, context);
    return OK;
}

void mai_authn_let_in(request_rec *r, mai_context_t *context)
{
    if (context->user == NULL) {
        context->user = mai_user_of(context, mai_config_of(r), r->pool);
    }
    r->user = context->user;
    if (r->main != NULL) {
        mai_response_part(r);
    }
    mai_visit_enter(r)->visit->authenticated = 1;
    mai_export_claims(r, context);
}

/* Another AuthType's hooks see the credentials that we hide. mod_auth_basic
 * turns a provider's trouble into 500: where it was ours, say what happened. So
 * all hooks are asked from here. */
static int check_other(request_rec *r)
{
    mai_context_t *context;
    const char *seen;
    int ours = is_basic(r);
    int lent;
    int status;

    if (ours) {
        mai_credentials_keep(r);
    }
    lent = mai_credentials_lend(r, &seen);
    if (!ours && !lent) {
        return DECLINED;
    }
    status = mai_chain_check_authn(r, mai_authn_check);
    if (lent) {
        mai_credentials_return(r, seen);
    }
    context = mai_context_of(r);
    if (status == HTTP_INTERNAL_SERVER_ERROR && context != NULL &&
        context->result.verdict != TI_GRANTED) {
        return mai_challenge_refuse_basic(r, context);
    }
    return status;
}

static int is_basic(request_rec *r)
{
    return ap_auth_type(r) != NULL &&
           apr_cstr_casecmp(ap_auth_type(r), "Basic") == 0 &&
           mai_config_of(r)->introspect == TI_SWITCH_ON;
}
