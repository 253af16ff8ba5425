/* SPDX-License-Identifier: Apache-2.0 */
#include "export/vouchers.h"

#include <string.h>

#include "ask/choice.h"
#include "base/messages.h"
#include "server/named.h"

static void refuse(mai_context_t *context, const char *why);
static int rank_of(ti_verdict_t verdict);
static int is_it(const mai_combination_t *combination,
                 const ti_server_t *server);
static int step(const mai_vouchers_t *vouchers, int from);

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
        return "IntrospectServer in a .htaccess can only narrow what the "
               "configuration says, and that names no server here";
    }
    if (named->all->nelts == 1) {
        return NULL; /* there is no choice */
    }
    vouchers->next = ti_choice_make(&why, &sure, named->servers, context->token,
                                    strlen(context->token), p);
    vouchers->all = !sure && dir->try_all == TI_SWITCH_ON;
    if (vouchers->all) {
        vouchers->next = step(vouchers, 0);
    } else if (vouchers->next >= 0 && !mai_named_has(named, vouchers->next)) {
        vouchers->next = -1;
        why = "IntrospectServer in a .htaccess leaves out the authorization "
              "server of this token";
    }
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

int mai_vouchers_trusted(const mai_dir_t *dir, const ti_server_t *server)
{
    const mai_named_t *named = dir->named;
    int i;

    if (named == NULL) {
        return is_it(dir->server, server);
    }
    for (i = 0; named->all != NULL && i < named->all->nelts; i++) {
        if (mai_named_has(named, i) &&
            is_it(APR_ARRAY_IDX(named->all, i, const mai_combination_t *),
                  server)) {
            return 1;
        }
    }
    return 0;
}

/* One that is not ready has not been asked. */
static int is_it(const mai_combination_t *combination,
                 const ti_server_t *server)
{
    const ti_server_t *ready =
        combination != NULL ? mai_combination_now(combination) : NULL;

    return ready != NULL && server != NULL &&
           memcmp(&ready->identity, &server->identity,
                  sizeof(ready->identity)) == 0;
}

static int step(const mai_vouchers_t *vouchers, int from)
{
    const apr_array_header_t *servers = vouchers->named->servers;

    while (from < servers->nelts &&
           (!mai_named_has(vouchers->named, from) ||
            APR_ARRAY_IDX(servers, from, const ti_server_t *)->token_prefix !=
                NULL)) {
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
        "The token is from an issuer that is not trusted here";
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
