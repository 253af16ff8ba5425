/* SPDX-License-Identifier: Apache-2.0 */
#include "request/optional.h"

#include <string.h>

#include <apr_strings.h>

#include "base/messages.h"
#include "claims/claims.h"
#include "config/config.h"
#include "context/context.h"
#include "mod_auth_introspect.h"
#include "reply/challenge.h"
#include "request/authn.h"
#include "request/decision.h"

static int introspect_verify(request_rec *r, const char *token,
                             const introspect_policy_t *policy,
                             apr_table_t **claims);
static int introspect_explain(request_rec *r, const char *token,
                              const introspect_policy_t *policy,
                              apr_table_t **claims, const char **reason);
static void demand(ti_policy_t *demanded, const introspect_policy_t *policy);
static int introspect_supports(const char *kind, const char *name);
static apr_status_t introspect_mint(request_rec *r, const char **token);
static const char *reason_of(const ti_result_t *result, apr_pool_t *p);
static apr_table_t *table_of(const ti_claims_t *claims, apr_pool_t *p);

void mai_optional_register(void)
{
    APR_REGISTER_OPTIONAL_FN(introspect_verify);
    APR_REGISTER_OPTIONAL_FN(introspect_explain);
    APR_REGISTER_OPTIONAL_FN(introspect_supports);
    APR_REGISTER_OPTIONAL_FN(introspect_mint);
}

static int introspect_verify(request_rec *r, const char *token,
                             const introspect_policy_t *policy,
                             apr_table_t **claims)
{
    return introspect_explain(r, token, policy, claims, NULL);
}

static int introspect_explain(request_rec *r, const char *token,
                              const introspect_policy_t *policy,
                              apr_table_t **claims, const char **reason)
{
    mai_context_t context;
    ti_policy_t demanded;

    memset(&context, 0, sizeof(context));
    mai_config_policy(&demanded, mai_config_of(r));
    if (policy != NULL) {
        demand(&demanded, policy);
    }
    context.token = token;
    if (token != NULL) {
        mai_decision_make(&context, r, &demanded);
    } else {
        context.result.verdict = TI_NO_TOKEN;
        context.result.message = TI_MSG_NO_TOKEN;
        context.result.cause = "there is no token";
    }
    if (reason != NULL) {
        *reason = reason_of(&context.result, r->pool);
    }
    if (context.result.verdict != TI_GRANTED) {
        return mai_challenge_status(&context);
    }
    if (claims != NULL) {
        *claims = table_of(context.result.claims, r->pool);
    }
    return OK;
}

/* The caller's demands in place of those of the request's place; but for a
 * leeway that is not given. */
static void demand(ti_policy_t *demanded, const introspect_policy_t *policy)
{
    demanded->issuer = policy->issuer;
    demanded->issuer_required = 0;
    demanded->audiences = policy->audiences;
    demanded->max_age = policy->fresh ? 0 : -1;
    if (policy->leeway >= 0) {
        demanded->leeway =
            policy->leeway < MAI_LEEWAY_MAX ? policy->leeway : MAI_LEEWAY_MAX;
    }
}

static int introspect_supports(const char *kind, const char *name)
{
    if (strcmp(kind, "format") == 0) {
        return strcmp(name, "opaque") == 0 ||
               strcmp(name, "introspection") == 0;
    }
    return strcmp(kind, "algorithm") == 0 && strcmp(name, "remote") == 0;
}

static apr_status_t introspect_mint(request_rec *r, const char **token)
{
    (void)r;
    *token = NULL;
    return APR_ENOTIMPL;
}

static const char *reason_of(const ti_result_t *result, apr_pool_t *p)
{
    if (result->verdict == TI_GRANTED) {
        return NULL;
    }
    return apr_psprintf(p, "MAI%04d: %s", result->message,
                        result->cause != NULL ? result->cause
                                              : "nothing was decided");
}

static apr_table_t *table_of(const ti_claims_t *claims, apr_pool_t *p)
{
    apr_table_t *table = apr_table_make(p, (int)claims->entries);
    const ti_value_t *entries = ti_claims_entries(claims);
    apr_uint32_t i;

    for (i = 0; i < claims->entries; i++) {
        const char *text = ti_claims_text(claims, &entries[i]);

        if (!ti_claims_nested(claims, &entries[i]) && text != NULL) {
            apr_table_addn(table, ti_claims_path(claims, &entries[i]), text);
        }
    }
    return table;
}
