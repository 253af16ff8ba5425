/* SPDX-License-Identifier: Apache-2.0 */
#include "reply/challenge.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>

#include "claims/login.h"
#include "config/carrier.h"
#include "config/config.h"
#include "config/resource.h"
#include "context/origin.h"
#include "directives/wording.h"
#include "module.h"
#include "reply/logline.h"
#include "reply/need.h"
#include "reply/refusal.h"

/* Where there is no AuthName, nor anything else to say. */
#define REALM "Restricted"

#define SET_UP "This server cannot verify tokens"

/* What each verdict means to a client; indexed by ti_verdict_t. */
static const struct {
    int status;
    int challenge;           /* with WWW-Authenticate */
    const char *error;       /* error code of RFC 6750 3.1, or NULL */
    const char *body_error;  /* where there is none, for JSON, RFC 6749 */
    const char *description; /* the same, where the result has none */
} answers[] = {
    [TI_UNDECIDED] = {HTTP_INTERNAL_SERVER_ERROR, 0, NULL, "server_error",
                      SET_UP},
    [TI_GRANTED] = {HTTP_INTERNAL_SERVER_ERROR, 0, NULL, "server_error",
                    SET_UP},
    [TI_NO_TOKEN] = {HTTP_UNAUTHORIZED, 1, NULL, NULL,
                     "An access token is needed"},
    [TI_MALFORMED] = {HTTP_BAD_REQUEST, 1, "invalid_request", NULL, NULL},
    [TI_INACTIVE] = {HTTP_UNAUTHORIZED, 1, "invalid_token", NULL, NULL},
    [TI_REJECTED] = {HTTP_UNAUTHORIZED, 1, "invalid_token", NULL, NULL},
    [TI_INSUFFICIENT] = {HTTP_FORBIDDEN, 1, "insufficient_scope", NULL, NULL},
    [TI_LOGIN] = {HTTP_UNAUTHORIZED, 1, "insufficient_user_authentication",
                  NULL, NULL},
    [TI_FOREIGN] = {HTTP_FORBIDDEN, 0, NULL, "access_denied",
                    "Pages of this origin are not allowed"},
    [TI_UNCLEAR] = {HTTP_BAD_REQUEST, 0, NULL, "invalid_request", NULL},
    [TI_UNAVAILABLE] = {HTTP_SERVICE_UNAVAILABLE, 0, NULL,
                        "temporarily_unavailable",
                        "The token could not be verified now"},
    [TI_MISCONFIGURED] = {HTTP_INTERNAL_SERVER_ERROR, 0, NULL, "server_error",
                          SET_UP},
};

static int refuse(request_rec *r, mai_context_t *context, int challenged);
static const char *challenge(request_rec *r, mai_context_t *context,
                             const char *error);
static const char *basic(request_rec *r, apr_pool_t *p);
static const char *scope_of(request_rec *r, mai_context_t *context);
static const char *realm_of(request_rec *r);
static const char *with_login(const char *text, const ti_login_t *login,
                              apr_pool_t *p);
static const char *with(const char *text, const char *name, const char *value,
                        apr_pool_t *p);
int mai_challenge_refuse(request_rec *r, mai_context_t *context)
{
    return refuse(r, context, answers[context->result.verdict].challenge);
}

int mai_challenge_refuse_basic(request_rec *r, mai_context_t *context)
{
    return refuse(r, context, 0);
}

int mai_challenge_status(const mai_context_t *context)
{
    return answers[context->result.verdict].status;
}

int mai_challenge_note(request_rec *r, const char *type)
{
    mai_refusal_t *refusal;
    mai_context_t *context = mai_context_of(r);

    if (apr_cstr_casecmp(type, MAI_AUTH_TYPE) != 0) {
        return DECLINED;
    }
    if (context == NULL) {
        context = mai_context_make(r);
    }
    refusal = apr_pcalloc(mai_refusal_pool(r), sizeof(*refusal));
    refusal->status = HTTP_UNAUTHORIZED;
    refusal->bearer = challenge(r, context, NULL);
    refusal->basic = basic(r, mai_refusal_pool(r));
    refusal->origin = mai_origin_listed(r);
    refusal->credentials = mai_origin_credentials(r);
    mai_refusal_note(r, refusal);
    return OK;
}

static int refuse(request_rec *r, mai_context_t *context, int challenged)
{
    ti_verdict_t verdict = context->result.verdict;
    apr_interval_time_t wait = context->result.retry_after;
    apr_pool_t *p = mai_refusal_pool(r);
    mai_refusal_t *refusal = apr_pcalloc(p, sizeof(*refusal));

    refusal->status = answers[verdict].status;
    refusal->origin = mai_origin_listed(r);
    refusal->credentials = mai_origin_credentials(r);
    refusal->error = answers[verdict].error != NULL
                         ? answers[verdict].error
                         : answers[verdict].body_error;
    refusal->description = context->result.description != NULL
                               ? context->result.description
                               : answers[verdict].description;
    refusal->rpc_error = context->rpc_error;
    if (challenged) {
        refusal->bearer = challenge(r, context, answers[verdict].error);
    }
    if (refusal->bearer != NULL && refusal->status == HTTP_UNAUTHORIZED) {
        refusal->basic = basic(r, p);
    }
    if (refusal->status == HTTP_SERVICE_UNAVAILABLE && wait > 0) {
        refusal->retry_after =
            apr_psprintf(p, "%" APR_TIME_T_FMT,
                         (wait + APR_USEC_PER_SEC - 1) / APR_USEC_PER_SEC);
    }
    mai_refusal_note(r, refusal);
    mai_logline_refused(r, context, refusal->status);
    return refusal->status;
}

/* In an order in which clients that search for `scope=` by regular expression
 * find it first, and what we or the administrator say in words last. All
 * values are ours or the configuration's: nothing of the client or of the
 * authorization server gets into a header. */
static const char *challenge(request_rec *r, mai_context_t *context,
                             const char *error)
{
    apr_pool_t *p = mai_refusal_pool(r);
    const char *realm = realm_of(r);
    const char *text = "Bearer";

    text = with(text, "error", error, p);
    if (context->result.verdict != TI_MALFORMED) {
        text = with(text, "scope", scope_of(r, context), p);
    }
    if (mai_config_of(r)->resource != NULL) {
        text = with(text, "resource_metadata",
                    mai_config_of(r)->resource->metadata, p);
    }
    if (context->login != NULL) {
        text = with_login(text, context->login, p);
    }
    if (error != NULL) {
        text = with(text, "error_description", context->result.description, p);
    }
    if (realm == NULL && text[sizeof("Bearer") - 1] == '\0') {
        realm = REALM; /* a challenge has one parameter at least */
    }
    return with(text, "realm", realm, p);
}

/* Of its own field: browsers see no Basic behind Bearer in one. */
static const char *basic(request_rec *r, apr_pool_t *p)
{
    const char *realm = realm_of(r);

    return mai_carrier_among(mai_config_of(r)->carriers, MAI_CARRIER_BASIC)
               ? apr_pstrcat(p, "Basic realm=\"", realm != NULL ? realm : REALM,
                             "\"", NULL)
               : NULL;
}

static const char *scope_of(request_rec *r, mai_context_t *context)
{
    const char *scope = mai_config_of(r)->scope;

    if (scope == NULL) {
        scope = mai_need_scope(r, context);
    }
    return scope != NULL && !mai_wording_misleads(scope) ? scope : NULL;
}

/* AuthName as httpd gives it, with its quotes escaped, and here with a
 * backslash at its end, too, which would take the quote behind it. What it
 * holds is checked at start; a .htaccess or an expression can say what was not
 * seen there. */
static const char *realm_of(request_rec *r)
{
    const char *realm = ap_auth_name(r);
    apr_size_t length;
    apr_size_t plain;

    if (realm == NULL || mai_wording_misleads(realm)) {
        return NULL;
    }
    length = strlen(realm);
    for (plain = length; plain > 0 && realm[plain - 1] == '\\'; plain--) {
    }
    return (length - plain) % 2 == 0 ? realm
                                     : apr_pstrcat(r->pool, realm, "\\", NULL);
}

/* RFC 9470 3. */
static const char *with_login(const char *text, const ti_login_t *login,
                              apr_pool_t *p)
{
    text = with(text, "acr_values", login->levels, p);
    return login->age == 0 ? text
                           : with(text, "max_age",
                                  apr_psprintf(p, "%" APR_TIME_T_FMT,
                                               apr_time_sec(login->age)),
                                  p);
}

static const char *with(const char *text, const char *name, const char *value,
                        apr_pool_t *p)
{
    if (value == NULL) {
        return text;
    }
    return apr_pstrcat(p, text, strchr(text, '=') != NULL ? ", " : " ", name,
                       "=\"", value, "\"", NULL);
}
