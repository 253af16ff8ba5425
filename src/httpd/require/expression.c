/* SPDX-License-Identifier: Apache-2.0 */
#include "require/expression.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_request.h>
#include <mod_auth.h>
#include <mod_log_config.h>
#include <apr_optional.h>

#include "base/messages.h"
#include "claims/path.h"
#include "context/context.h"
#include "export/shape.h"
#include "module.h"
#include "process/report.h"
#include "reply/need.h"
#include "require/authz.h"

APLOG_USE_MODULE(auth_introspect);

#define NAME "INTROSPECT_CLAIM"
#define LOG_TAG "^IC"

/* One line. */
typedef struct requirement_t {
    ap_expr_info_t *expression;
    int negated;
} requirement_t;

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed);
static authz_status check(request_rec *r, const char *line, const void *parsed);
static int is_met(request_rec *r, const requirement_t *requirement);
static const char *text_of(ap_expr_eval_ctx_t *ctx, const void *data,
                           const char *name);
static apr_array_header_t *list_of(ap_expr_eval_ctx_t *ctx, const void *data,
                                   const char *name);
static const ti_value_t *find(const ti_claims_t **claims, const request_rec *r,
                              const char *name, apr_pool_t *p);
static const char *log_claim(request_rec *r, char *name);

static const authz_provider provider = {check, parse};

void mai_expression_register(apr_pool_t *pconf)
{
    mai_authz_add(pconf, "claim-expr", &provider);
}

void mai_expression_log(apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_register_log_handler) *add =
        APR_RETRIEVE_OPTIONAL_FN(ap_register_log_handler);

    static char tag[] = LOG_TAG; /* it is kept */

    if (add != NULL) {
        add(pconf, tag, log_claim, 1);
    }
}

int mai_expression_lookup(ap_expr_lookup_parms *parms)
{
    ti_path_t path;
    const char *rest = "";
    const char *complaint = NULL;

    if (apr_cstr_casecmp(parms->name, NAME) != 0 ||
        (parms->type != AP_EXPR_FUNC_STRING &&
         parms->type != AP_EXPR_FUNC_LIST)) {
        return DECLINED;
    }
    if (parms->arg != NULL) {
        complaint = ti_path_read(&path, &rest, parms->arg, parms->ptemp);
    }
    if (complaint != NULL || *rest != '\0') {
        *parms->err =
            apr_psprintf(parms->ptemp,
                         "'%s' is not the name of a claim: write it alone, "
                         "with a ':' or '~' in it as '\\:' or '\\~'",
                         parms->arg);
        return !OK;
    }
    *parms->data = NULL;
    *parms->func = parms->type == AP_EXPR_FUNC_STRING
                       ? (const void *)(apr_uintptr_t)text_of
                       : (const void *)(apr_uintptr_t)list_of;
    return OK;
}

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed)
{
    requirement_t *requirement = apr_pcalloc(cmd->pool, sizeof(*requirement));
    apr_size_t length = strlen(line);
    const char *complaint = NULL;
    /* the author of a .htaccess reads no files by way of an expression */
    unsigned flags = ap_check_cmd_context(cmd, NOT_IN_HTACCESS) != NULL
                         ? AP_EXPR_FLAG_RESTRICTED
                         : 0;

    if (mai_authz_is_aliased(cmd)) {
        return "Require claim-expr: it cannot stand in <AuthzProviderAlias>, "
               "which hides whether the line is negated; write the Require "
               "line itself";
    }
    if (length > 1 && line[0] == '"' && line[length - 1] == '"') {
        line = apr_pstrmemdup(cmd->pool, line + 1, length - 2);
    }
    if (*line == '\0') {
        return "Require claim-expr: it is empty: write an expression, such as "
               "\"%{INTROSPECT_CLAIM:level} -ge 2\"";
    }
    requirement->expression = ap_expr_parse_cmd(
        cmd, line, flags | AP_EXPR_FLAG_DONT_VARY, &complaint, NULL);
    requirement->negated = mai_authz_is_negated(cmd);
    *parsed = requirement;
    return complaint == NULL
               ? NULL
               : apr_psprintf(cmd->pool,
                              "Require claim-expr: '%s' is not an "
                              "expression: %s",
                              line, complaint);
}

/* Without a granted token nothing is evaluated: what is not there is unequal
 * to all that an expression may name. */
static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const requirement_t *requirement = parsed;
    const mai_context_t *context = mai_context_of(r);
    int asks = context != NULL && context->need != NULL;

    if (context != NULL && context->result.claims != NULL &&
        (asks || (context->result.verdict == TI_GRANTED && r->user != NULL))) {
        int met = is_met(r, requirement);
        int says = met < 0 ? requirement->negated : met;
        authz_status status = says ? AUTHZ_GRANTED : AUTHZ_DENIED;

        return asks ? mai_authz_hear(r, "claim-expr", line, parsed,
                                     requirement->negated, status)
                    : status;
    }
    if (requirement->negated) {
        return r->user != NULL || (context != NULL && context->guest)
                   ? AUTHZ_GRANTED
               : asks ? AUTHZ_DENIED
                      : AUTHZ_DENIED_NO_USER;
    }
    if (asks) {
        return AUTHZ_GRANTED; /* suppose that a token meets it */
    }
    return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
}

/* 1, 0, or below 0: httpd cannot evaluate it. */
static int is_met(request_rec *r, const requirement_t *requirement)
{
    const char *error = NULL;
    int met = ap_expr_exec(r, requirement->expression, &error);
    ti_log_t log;

    if (met < 0) {
        mai_report_request(&log, r);
        ti_log(&log, TI_LOG_INFO, TI_MSG_EXPRESSION,
               "Refused %s: Require claim-expr could not be evaluated: %s",
               r->uri, error != NULL ? error : "no reason");
    }
    return met;
}

static const char *text_of(ap_expr_eval_ctx_t *ctx, const void *data,
                           const char *name)
{
    const ti_claims_t *claims;
    const ti_value_t *value = find(&claims, ctx->r, name, ctx->p);
    const char *text =
        value != NULL ? mai_shape_plain(claims, value, ctx->p) : NULL;

    (void)data;
    return text != NULL ? text : "";
}

static apr_array_header_t *list_of(ap_expr_eval_ctx_t *ctx, const void *data,
                                   const char *name)
{
    apr_array_header_t *list = apr_array_make(ctx->p, 4, sizeof(const char *));
    const ti_claims_t *claims;
    const ti_value_t *value = find(&claims, ctx->r, name, ctx->p);
    const char *text;
    apr_uint32_t i;

    (void)data;
    if (value == NULL) {
        return list;
    }
    for (i = 0; value->type == TI_ARRAY && i < value->elements.count; i++) {
        text = ti_claims_text(claims, ti_claims_element(claims, value, i));
        if (text != NULL) {
            APR_ARRAY_PUSH(list, const char *) = text;
        }
    }
    text = value->type < TI_ARRAY ? ti_claims_text(claims, value) : NULL;
    while (text != NULL && *text != '\0' && strcmp(name, "scope") == 0) {
        APR_ARRAY_PUSH(list, const char *) = ap_getword_white(ctx->p, &text);
    }
    if (text != NULL && strcmp(name, "scope") != 0) {
        APR_ARRAY_PUSH(list, const char *) = text;
    }
    return list;
}

/* Of a request that is let in, by its own token. */
static const ti_value_t *find(const ti_claims_t **claims, const request_rec *r,
                              const char *name, apr_pool_t *p)
{
    const mai_context_t *context = r != NULL ? mai_context_of(r) : NULL;
    ti_path_t path;
    const char *rest;

    if (context == NULL || name == NULL ||
        (context->result.verdict != TI_GRANTED && context->need == NULL) ||
        context->result.claims == NULL ||
        ti_path_read(&path, &rest, name, p) != NULL || *rest != '\0') {
        return NULL;
    }
    *claims = context->result.claims;
    return ti_path_find(&path, *claims, NULL);
}

static const char *log_claim(request_rec *r, char *name)
{
    const ti_claims_t *claims;
    const ti_value_t *value = find(&claims, r, name, r->pool);
    const char *text =
        value != NULL ? mai_shape_plain(claims, value, r->pool) : NULL;

    return text != NULL ? ap_escape_logitem(r->pool, text) : NULL;
}
