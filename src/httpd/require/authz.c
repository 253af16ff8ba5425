/* SPDX-License-Identifier: Apache-2.0 */
#include "require/authz.h"

#include <apr_cstr.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <ap_provider.h>
#include <http_core.h>
#include <http_request.h>
#include <mod_auth.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "claims/rule.h"
#include "config/config.h"
#include "context/chain.h"
#include "context/context.h"
#include "directives/publishing.h"
#include "process/report.h"
#include "process/shared.h"
#include "reply/challenge.h"
#include "reply/hearing.h"
#include "reply/need.h"
#include "request/authn.h"
#include "require/regex.h"

/* One line as both parties have parsed it. */
typedef struct requirement_t {
    ti_rule_t *rule;
    const char *name;            /* of the provider */
    const authz_provider *other; /* whose the name was before, or NULL */
    const void *parsed;          /* by the other */
    int negated;                 /* within Require not, or <RequireNone> */
    int aliased;                 /* unknown: <AuthzProviderAlias> hides it */
} requirement_t;

static const char *parse_claim(cmd_parms *cmd, const char *line,
                               const void **parsed);
static const char *parse_scope(cmd_parms *cmd, const char *line,
                               const void **parsed);
static const char *parse_audience(cmd_parms *cmd, const char *line,
                                  const void **parsed);
static authz_status check(request_rec *r, const char *line, const void *parsed);

/* Our providers, and those that had their names before. */
static struct {
    const char *name;
    ti_rule_kind_t kind;
    authz_provider ours;
    const authz_provider *other;
} providers[] = {
    {"claim", TI_RULE_CLAIM, {check, parse_claim}, NULL},
    {"scope", TI_RULE_SCOPE, {check, parse_scope}, NULL},
    {"audience", TI_RULE_AUDIENCE, {check, parse_audience}, NULL},
};
#define PROVIDERS (sizeof(providers) / sizeof(providers[0]))

static void refuse(ti_result_t *result, int login);
static const char *parse(cmd_parms *cmd, const char *line, const void **parsed,
                         apr_size_t i);
static authz_status check_other(request_rec *r, const char *line,
                                const requirement_t *requirement);
static authz_status told(int is_met, const requirement_t *requirement);
static void gave_up(request_rec *r, const char *line);

void mai_authz_register(apr_pool_t *pconf)
{
    apr_size_t i;

    for (i = 0; i < PROVIDERS; i++) {
        const authz_provider *there = ap_lookup_provider(
            AUTHZ_PROVIDER_GROUP, providers[i].name, AUTHZ_PROVIDER_VERSION);

        if (there == &providers[i].ours) {
            continue;
        }
        providers[i].other = there;
        mai_authz_add(pconf, providers[i].name, &providers[i].ours);
    }
}

void mai_authz_add(apr_pool_t *pconf, const char *name,
                   const authz_provider *provider)
{
    ap_register_auth_provider(pconf, AUTHZ_PROVIDER_GROUP, name,
                              AUTHZ_PROVIDER_VERSION, provider,
                              AP_AUTH_INTERNAL_PER_CONF);
}

/* A request that we authenticated and that is not allowed gets 403, whatever
 * AuthzSendForbiddenOnFailure says: another token of the same kind would not
 * help (RFC 6750 3.1). 401 where another sign-in would (RFC 9470 3). */
int mai_authz_check(request_rec *r)
{
    mai_context_t *context = mai_context_of(r);
    int status;

    if (context == NULL || context->result.verdict != TI_GRANTED) {
        return DECLINED;
    }
    status = mai_chain_auth_checker(r, mai_authz_check);
    if (status != HTTP_UNAUTHORIZED && status != HTTP_FORBIDDEN) {
        return status;
    }
    return mai_authz_refuse(r);
}

int mai_authz_refuse(request_rec *r)
{
    mai_context_t *context = mai_context_of(r);

    if (mai_authn_is_ours(r)) {
        context->login = mai_need_login(r, context);
    }
    refuse(&context->result, context->login != NULL);
    if (mai_authn_is_ours(r)) {
        return mai_challenge_refuse(r, context);
    }
    apr_table_unset(r->err_headers_out, "WWW-Authenticate");
    return mai_challenge_refuse_basic(r, context);
}

static void refuse(ti_result_t *result, int login)
{
    result->verdict = login ? TI_LOGIN : TI_INSUFFICIENT;
    result->message = login ? TI_MSG_LOGIN : TI_MSG_INSUFFICIENT;
    result->cause = login ? "the sign-in is too weak or too old for a Require "
                            "line (acr, auth_time)"
                          : "a Require line was not met";
    result->description =
        login ? "A stronger or more recent sign-in is needed" : NULL;
}

static const char *parse_claim(cmd_parms *cmd, const char *line,
                               const void **parsed)
{
    return parse(cmd, line, parsed, 0);
}

static const char *parse_scope(cmd_parms *cmd, const char *line,
                               const void **parsed)
{
    return parse(cmd, line, parsed, 1);
}

static const char *parse_audience(cmd_parms *cmd, const char *line,
                                  const void **parsed)
{
    return parse(cmd, line, parsed, 2);
}

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed,
                         apr_size_t i)
{
    requirement_t *requirement = apr_pcalloc(cmd->pool, sizeof(*requirement));
    apr_array_header_t *words =
        apr_array_make(cmd->pool, 2, sizeof(const char *));
    const char *rest = line;
    const char *complaint;

    while (*rest != '\0') {
        APR_ARRAY_PUSH(words, const char *) = ap_getword_conf(cmd->pool, &rest);
    }
    complaint = ti_rule_parse(&requirement->rule, providers[i].kind, words,
                              &mai_regex, cmd->pool);
    if (complaint != NULL) {
        return apr_psprintf(cmd->pool, "Require %s: %s", providers[i].name,
                            complaint);
    }
    requirement->name = providers[i].name;
    requirement->negated = mai_authz_is_negated(cmd);
    requirement->aliased = mai_authz_is_aliased(cmd);
    if (!requirement->negated) {
        mai_publishing_require(cmd, ti_rule_scope(requirement->rule));
    }
    requirement->other = providers[i].other;
    if (requirement->other != NULL &&
        requirement->other->parse_require_line != NULL) {
        complaint = requirement->other->parse_require_line(
            cmd, line, &requirement->parsed);
    }
    *parsed = requirement;
    return complaint;
}

int mai_authz_is_negated(const cmd_parms *cmd)
{
    const char *args = cmd->directive->args;
    const ap_directive_t *outer;
    int negations;

    while (apr_isspace(*args)) {
        args++;
    }
    negations = apr_cstr_casecmpn(args, "not", 3) == 0 && apr_isspace(args[3]);
    for (outer = cmd->directive->parent; outer != NULL; outer = outer->parent) {
        negations += apr_cstr_casecmp(outer->directive, "<RequireNone") == 0;
    }
    return negations % 2; /* what must not be "not met" must be met */
}

int mai_authz_is_aliased(const cmd_parms *cmd)
{
    return apr_cstr_casecmp(cmd->directive->directive, "<AuthzProviderAlias") ==
           0;
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const requirement_t *requirement = parsed;
    mai_context_t *context = mai_context_of(r);
    int is_met;

    if (context == NULL) {
        return check_other(r, line, requirement);
    }
    if (context->need != NULL) {
        authz_status status = mai_need_answer(context->need, requirement->rule,
                                              requirement->negated);

        return mai_authz_hear(r, requirement->name, line, parsed,
                              requirement->negated, status);
    }
    if (context->result.verdict != TI_GRANTED || r->user == NULL) {
        return requirement->negated && (context->guest || r->user != NULL)
                   ? told(ti_rule_met(requirement->rule, NULL, 0), requirement)
                   : AUTHZ_DENIED_NO_USER;
    }
    is_met = ti_rule_met_by(
        requirement->rule, context->result.claims, mai_config_of(r)->scoping,
        ti_rule_timed(requirement->rule) ? apr_time_now() : 0);
    if (is_met == TI_RULE_UNKNOWN) {
        gave_up(r, line);
    }
    return told(is_met, requirement);
}

authz_status mai_authz_hear(request_rec *r, const char *name, const char *args,
                            const void *parsed, int negated,
                            authz_status status)
{
    const mai_context_t *context = mai_context_of(r);
    mai_line_t line = {parsed, NULL, 0};

    if (!mai_hearing_goes_on(context)) {
        return status;
    }
    line.text =
        apr_pstrcat(r->pool, negated ? "not " : "", name, " ", args, NULL);
    return mai_hearing_answer(context, &line, negated, status);
}

/* What is undecided refuses: httpd turns it round where it must not be met, and
 * where it cannot be seen whether that is so, nothing but an error does. */
static authz_status told(int is_met, const requirement_t *requirement)
{
    if (is_met < 0 && requirement->aliased) {
        return AUTHZ_GENERAL_ERROR;
    }
    if (is_met < 0) {
        return requirement->negated ? AUTHZ_GRANTED : AUTHZ_DENIED;
    }
    return is_met ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

/* Not authenticated by us: not yet, or another module's request. */
static authz_status check_other(request_rec *r, const char *line,
                                const requirement_t *requirement)
{
    if (requirement->other != NULL && !mai_authn_is_ours(r)) {
        return requirement->other->check_authorization(r, line,
                                                       requirement->parsed);
    }
    if (r->user != NULL && (requirement->negated || requirement->aliased)) {
        return told(ti_rule_met(requirement->rule, NULL, 0), requirement);
    }
    return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
}

static void gave_up(request_rec *r, const char *line)
{
    ti_line_t said = {TI_LOG_WARNING, TI_MSG_REGEX, line, NULL};
    ti_log_t log;

    mai_report_request(&log, r);
    said.text =
        apr_pstrcat(r->pool, "Refused ", r->uri,
                    ": a regular expression reached PCRE's limit: Require ... ",
                    line, NULL);
    ti_ratelimit_log(mai_shared_pace(), ti_clock_steady(), &log, &said);
}
