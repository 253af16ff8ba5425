/* SPDX-License-Identifier: Apache-2.0 */
#include "require/tool.h"

#include <string.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_request.h>
#include <mod_auth.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "context/context.h"
#include "process/report.h"
#include "process/shared.h"
#include "request/rpc.h"
#include "require/authz.h"

/* One line. */
typedef struct requirement_t {
    const apr_array_header_t *names; /* of const char * */
    int negated;
} requirement_t;

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed);
static authz_status check_tool(request_rec *r, const char *line,
                               const void *parsed);
static authz_status check_method(request_rec *r, const char *line,
                                 const void *parsed);
static authz_status answer(request_rec *r, const requirement_t *requirement,
                           const char *name);
static authz_status unchecked(request_rec *r, const requirement_t *requirement);
static int has_no_user(const request_rec *r);

static const authz_provider tool_provider = {check_tool, parse};
static const authz_provider method_provider = {check_method, parse};

void mai_tool_register(apr_pool_t *pconf)
{
    mai_authz_add(pconf, "mcp-tool", &tool_provider);
    mai_authz_add(pconf, "mcp-method", &method_provider);
}

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed)
{
    requirement_t *requirement = apr_pcalloc(cmd->pool, sizeof(*requirement));
    apr_array_header_t *list =
        apr_array_make(cmd->pool, 4, sizeof(const char *));

    if (mai_authz_is_aliased(cmd)) {
        return "Require mcp-tool, mcp-method: they cannot stand in "
               "<AuthzProviderAlias>, which hides whether the line is negated; "
               "write the Require line itself";
    }
    while (*line != '\0') {
        const char *word = ap_getword_conf(cmd->pool, &line);

        if (*word == '\0') {
            return "Require mcp-tool, mcp-method: a name must not be empty";
        }
        APR_ARRAY_PUSH(list, const char *) = word;
    }
    requirement->names = list;
    requirement->negated = mai_authz_is_negated(cmd);
    *parsed = requirement;
    return list->nelts > 0
               ? NULL
               : "Require mcp-tool, mcp-method: it names nothing: write one "
                 "name or more, such as 'Require mcp-tool delete-user'";
}

static authz_status check_tool(request_rec *r, const char *line,
                               const void *parsed)
{
    const mai_rpc_t *rpc = mai_rpc_of(r);
    const char *name = NULL;

    if (rpc != NULL && !rpc->announced &&
        strcmp(rpc->method, MAI_RPC_CALL) == 0) {
        name = rpc->name;
    }
    return mai_authz_hear(r, "mcp-tool", line, parsed,
                          ((const requirement_t *)parsed)->negated,
                          answer(r, parsed, name));
}

static authz_status check_method(request_rec *r, const char *line,
                                 const void *parsed)
{
    const mai_rpc_t *rpc = mai_rpc_of(r);

    return mai_authz_hear(r, "mcp-method", line, parsed,
                          ((const requirement_t *)parsed)->negated,
                          answer(r, parsed, rpc != NULL ? rpc->method : NULL));
}

/* httpd turns the answer of a negated line round, but takes no refusal of one
 * for a grant. */
static authz_status answer(request_rec *r, const requirement_t *requirement,
                           const char *name)
{
    const mai_context_t *context = mai_context_of(r);
    const mai_rpc_t *rpc = mai_rpc_of(r);
    int met;

    if (rpc == NULL) {
        return unchecked(r, requirement);
    }
    if (rpc->announced) {
        return requirement->negated ? AUTHZ_DENIED : AUTHZ_DENIED_NO_USER;
    }
    met = name != NULL && ap_array_str_contains(requirement->names, name);
    if (requirement->negated || (context != NULL && context->need != NULL)) {
        return met ? AUTHZ_GRANTED : AUTHZ_DENIED;
    }
    if (has_no_user(r)) {
        return AUTHZ_DENIED_NO_USER;
    }
    return met ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

/* Nobody knows what this request calls. */
static authz_status unchecked(request_rec *r, const requirement_t *requirement)
{
    ti_line_t line = {TI_LOG_ERROR, TI_MSG_RPC_UNCHECKED, "MCP", NULL};
    const mai_context_t *context = mai_context_of(r);
    ti_log_t log;

    if (r->method_number == M_POST && r->user != NULL &&
        (context == NULL || context->need == NULL)) {
        mai_report_request(&log, r);
        line.text = apr_pstrcat(r->pool, "Refused ", r->uri,
                                ": Require mcp-tool and mcp-method let nobody "
                                "in where IntrospectMCP is not On",
                                NULL);
        ti_ratelimit_log(mai_shared_pace(), ti_clock_steady(), &log, &line);
    }
    if (requirement->negated) {
        return AUTHZ_GRANTED;
    }
    return has_no_user(r) && (context == NULL || context->need == NULL)
               ? AUTHZ_DENIED_NO_USER
               : AUTHZ_DENIED;
}

/* A guest of IntrospectOptional is somebody: it passes without a token. */
static int has_no_user(const request_rec *r)
{
    const mai_context_t *context = mai_context_of(r);

    return r->user == NULL && (context == NULL || !context->guest);
}
