/* SPDX-License-Identifier: Apache-2.0 */
#include "require/guest.h"

#include "config/config.h"
#include "context/chain.h"
#include "context/context.h"
#include "context/visit.h"
#include "request/authn.h"
#include "require/authz.h"
#include "token/vary.h"

static void keep_apart(request_rec *r);

/* httpd authenticates nobody where a Require line lets anybody in, so the
 * token is looked at here, before those lines. */
int mai_guest_check(request_rec *r)
{
    mai_context_t *context;
    ti_verdict_t found;
    int status;

    if (mai_config_of(r)->optional != TI_SWITCH_ON || !mai_authn_is_ours(r)) {
        return DECLINED;
    }
    mai_vary_note(r);
    context = mai_context_make(r);
    found = mai_authn_begin(context, r);
    if (found == TI_NO_TOKEN) {
        context->guest = 1;
        keep_apart(r);
        return DECLINED;
    }
    status = mai_authn_conclude(r, context, found);
    if (status != OK) {
        return status;
    }
    status = mai_chain_access_checker_ex(r, mai_guest_check);
    return status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN
               ? mai_authz_refuse(r)
               : status;
}

/* Where tokens are hidden, a cache behind us takes all requests for guests',
 * whatever Vary says. */
static void keep_apart(request_rec *r)
{
    if (mai_config_of(r)->forward_token == TI_SWITCH_OFF) {
        mai_visit_enter(r)->visit->uncached = 1;
    }
}
