/* SPDX-License-Identifier: Apache-2.0 */
#include "require/vouched.h"

#include <string.h>

#include <apr_strings.h>
#include <http_config.h>
#include <http_request.h>
#include <mod_auth.h>

#include "ask/server.h"
#include "config/config.h"
#include "context/context.h"
#include "directives/argument.h"
#include "reply/need.h"
#include "require/authz.h"
#include "server/named.h"

#define PROVIDER "introspect-server"

/* One line. */
typedef struct requirement_t {
    const apr_array_header_t *names; /* of const char * */
    int negated;
} requirement_t;

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed);
static authz_status check(request_rec *r, const char *line, const void *parsed);

static int vouched(const mai_context_t *context,
                   const apr_array_header_t *names);

static const authz_provider provider = {check, parse};

void mai_vouched_register(apr_pool_t *pconf)
{
    mai_authz_add(pconf, PROVIDER, &provider);
}

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed)
{
    requirement_t *requirement = apr_pcalloc(cmd->pool, sizeof(*requirement));
    apr_array_header_t *names =
        apr_array_make(cmd->pool, 2, sizeof(const char *));

    while (*line != '\0') {
        const char *name = ap_getword_conf(cmd->pool, &line);

        if (!mai_named_is_name(name)) {
            return apr_psprintf(cmd->pool,
                                "Require " PROVIDER
                                ": '%s' is not a name of an <IntrospectServer>",
                                name);
        }
        if (mai_config_sections() != NULL) {
            mai_named_require(cmd->server, name, mai_argument_where(cmd),
                              cmd->pool);
        } else if (!mai_named_is_known(cmd->server, name, cmd->pool)) {
            return apr_psprintf(cmd->pool,
                                "Require " PROVIDER
                                ": there is no <IntrospectServer %s>",
                                name);
        }
        APR_ARRAY_PUSH(names, const char *) = name;
    }
    requirement->names = names;
    requirement->negated = mai_authz_is_negated(cmd);
    *parsed = requirement;
    return names->nelts > 0 ? NULL
                            : "Require " PROVIDER
                              ": write the name of one <IntrospectServer> or "
                              "more";
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const requirement_t *requirement = parsed;
    const mai_context_t *context = mai_context_of(r);
    int is_met = context != NULL && vouched(context, requirement->names);

    if (context != NULL && context->need != NULL) {
        return mai_authz_hear(
            r, PROVIDER, line, parsed, requirement->negated,
            mai_need_answer_other(context->need, is_met, requirement->negated));
    }
    if (context == NULL || context->result.verdict != TI_GRANTED ||
        r->user == NULL) {
        return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
    }
    return is_met ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

/* Was it one of these? */
static int vouched(const mai_context_t *context,
                   const apr_array_header_t *names)
{
    return context->server != NULL && context->server->name != NULL &&
           ap_array_str_contains(names, context->server->name);
}
