/* SPDX-License-Identifier: Apache-2.0 */
#include "request/vouchers.h"

#include <string.h>

#include <apr_strings.h>
#include <ap_provider.h>
#include <http_config.h>
#include <http_request.h>
#include <mod_auth.h>

#include "ask/choice.h"
#include "base/messages.h"
#include "config/named.h"

#define PROVIDER "introspect-server"

static void refuse(mai_context_t *context, const char *why);
static int rank_of(ti_verdict_t verdict);
static int step(const mai_vouchers_t *vouchers, int from);
static const char *parse(cmd_parms *cmd, const char *line, const void **parsed);
static authz_status check(request_rec *r, const char *line, const void *parsed);

static const authz_provider provider = {check, parse};

const char *mai_vouchers_open(mai_vouchers_t *vouchers, mai_context_t *context,
                              const mai_dir_t *dir, apr_pool_t *p)
{
    const mai_named_t *named = dir->named;
    const char *why;
    int sure;

    memset(vouchers, 0, sizeof(*vouchers));
    vouchers->named = named;
    if (named->complaint != NULL) {
        return named->complaint;
    }
    if (named->servers == NULL) {
        return "IntrospectServer in a .htaccess narrows what the configuration "
               "says, and that names no server here";
    }
    if (named->only != NULL) {
        return NULL;
    }
    vouchers->next = ti_choice_make(&why, &sure, named->servers, context->token,
                                    strlen(context->token), p);
    vouchers->all = !sure && dir->try_all == TI_SWITCH_ON;
    if (vouchers->next < 0) {
        refuse(context, why);
    }
    return NULL;
}

mai_combination_t *mai_vouchers_next(mai_vouchers_t *vouchers,
                                     mai_context_t *context)
{
    int i = vouchers->next;

    if (vouchers->asked &&
        rank_of(context->result.verdict) >= rank_of(vouchers->best.verdict)) {
        vouchers->best = context->result;
        vouchers->by = context->server;
    }
    if (i < 0 ||
        (vouchers->asked && (vouchers->best.verdict == TI_GRANTED ||
                             vouchers->best.verdict == TI_MALFORMED))) {
        if (vouchers->asked) {
            context->result = vouchers->best;
            context->server = vouchers->by;
        }
        return NULL;
    }
    vouchers->asked = 1;
    vouchers->next = vouchers->all ? step(vouchers, i + 1) : -1;
    return APR_ARRAY_IDX(vouchers->named->all, i, mai_combination_t *);
}

static int step(const mai_vouchers_t *vouchers, int from)
{
    const apr_array_header_t *servers = vouchers->named->servers;

    while (from < servers->nelts &&
           APR_ARRAY_IDX(servers, from, const ti_server_t *)->token_prefix !=
               NULL) {
        from++;
    }
    return from < servers->nelts ? from : -1;
}

static void refuse(mai_context_t *context, const char *why)
{
    context->result.verdict = TI_REJECTED;
    context->result.message = TI_MSG_NO_VOUCHER;
    context->result.cause = why;
    context->result.description =
        "The token is from nobody who is trusted here";
}

/* Of several that were asked the one who knows most speaks: one that could not
 * be asked may have known the token. */
static int rank_of(ti_verdict_t verdict)
{
    switch (verdict) {
    case TI_GRANTED:
    case TI_MALFORMED:
        return 4;
    case TI_UNAVAILABLE:
    case TI_MISCONFIGURED:
        return 3;
    case TI_REJECTED:
        return 2;
    case TI_INACTIVE:
        return 1;
    default:
        return 0;
    }
}

void mai_vouchers_register(apr_pool_t *pconf)
{
    ap_register_auth_provider(pconf, AUTHZ_PROVIDER_GROUP, PROVIDER,
                              AUTHZ_PROVIDER_VERSION, &provider,
                              AP_AUTH_INTERNAL_PER_CONF);
}

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed)
{
    apr_array_header_t *names =
        apr_array_make(cmd->pool, 2, sizeof(const char *));

    while (*line != '\0') {
        const char *name = ap_getword_conf(cmd->pool, &line);

        if (!mai_named_is_name(name)) {
            return apr_psprintf(cmd->pool,
                                "Require " PROVIDER ": '%s' is no name of an "
                                "<IntrospectServer>",
                                name);
        }
        APR_ARRAY_PUSH(names, const char *) = name;
    }
    *parsed = names;
    return names->nelts > 0 ? NULL
                            : "Require " PROVIDER
                              ": write the name of one <IntrospectServer> or "
                              "more";
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const apr_array_header_t *names = parsed;
    const mai_context_t *context = mai_context_of(r);
    int i;

    (void)line;
    if (context == NULL || context->result.verdict != TI_GRANTED ||
        r->user == NULL) {
        return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
    }
    for (i = 0; context->server != NULL && context->server->name != NULL &&
                i < names->nelts;
         i++) {
        if (strcmp(context->server->name,
                   APR_ARRAY_IDX(names, i, const char *)) == 0) {
            return AUTHZ_GRANTED;
        }
    }
    return AUTHZ_DENIED;
}
