/* SPDX-License-Identifier: Apache-2.0
 *
 * Another module that uses ours: answers /offer with what the optional
 * functions say about the token in the query.
 */
#include <stdlib.h>

#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>

#include "mod_auth_introspect.h"

#define EARLY "noted-early"
#define LATE "noted-late"

static const char *note_of(const request_rec *r, const char *name);

static int handle(request_rec *r)
{
    APR_OPTIONAL_FN_TYPE(introspect_verify) * verify;
    APR_OPTIONAL_FN_TYPE(introspect_explain) * explain;
    APR_OPTIONAL_FN_TYPE(introspect_supports) * supports;
    APR_OPTIONAL_FN_TYPE(introspect_mint) * mint;
    introspect_policy_t policy = {0};
    apr_table_t *claims = NULL;
    const char *audience;
    const char *leeway;
    const char *minted;
    const char *reason = "-";
    int is_bare;
    int status;

    if (r->handler == NULL || strcmp(r->handler, "offer-test") != 0) {
        return DECLINED;
    }
    verify = APR_RETRIEVE_OPTIONAL_FN(introspect_verify);
    explain = APR_RETRIEVE_OPTIONAL_FN(introspect_explain);
    supports = APR_RETRIEVE_OPTIONAL_FN(introspect_supports);
    mint = APR_RETRIEVE_OPTIONAL_FN(introspect_mint);
    policy.issuer = apr_table_get(r->headers_in, "X-Issuer");
    audience = apr_table_get(r->headers_in, "X-Audience");
    if (audience != NULL) {
        apr_array_header_t *audiences =
            apr_array_make(r->pool, 1, sizeof(const char *));

        APR_ARRAY_PUSH(audiences, const char *) = audience;
        policy.audiences = audiences;
    }
    policy.fresh = apr_table_get(r->headers_in, "X-Fresh") != NULL;
    leeway = apr_table_get(r->headers_in, "X-Leeway");
    policy.leeway = leeway != NULL ? apr_time_from_sec(atol(leeway)) : 0;
    is_bare = apr_table_get(r->headers_in, "X-No-Policy") != NULL;
    status = verify(r, r->args, is_bare ? NULL : &policy, &claims);
    ap_set_content_type(r, "text/plain");
    ap_rprintf(r, "status %d sub %s\n", status,
               claims != NULL ? apr_table_get(claims, "sub") : "-");
    status = explain(r, r->args, is_bare ? NULL : &policy, &claims, &reason);
    ap_rprintf(r, "explained %d %s\n", status, reason != NULL ? reason : "-");
    ap_rprintf(r, "opaque %d introspection %d jwt %d remote %d rs256 %d\n",
               supports("format", "opaque"),
               supports("format", "introspection"), supports("format", "jwt"),
               supports("algorithm", "remote"), supports("algorithm", "RS256"));
    ap_rprintf(r, "mint %d\n", mint(r, &minted) == APR_ENOTIMPL);
    ap_rprintf(r, "early %s late %s\n", note_of(r, EARLY), note_of(r, LATE));
    return OK;
}

/* What a request's credentials were, as modules note things. */
static int note(request_rec *r, const char *name)
{
    const char *header = apr_table_get(r->headers_in, "Authorization");

    if (header != NULL) {
        apr_table_set(r->notes, name, header);
    }
    return DECLINED;
}

static int note_early(request_rec *r)
{
    return note(r, EARLY);
}

static int note_late(request_rec *r)
{
    return note(r, LATE);
}

static const char *note_of(const request_rec *r, const char *name)
{
    const char *text = apr_table_get(r->notes, name);

    return text != NULL ? text : "-";
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_read_request(note_early, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_authn(note_late, NULL, NULL, APR_HOOK_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
}

AP_DECLARE_MODULE(optional_test) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks,
    AP_MODULE_FLAG_NONE};
