/* SPDX-License-Identifier: Apache-2.0 */
#include "context/tally.h"

#include "ask/server.h"
#include "base/messages.h"
#include "config/config.h"
#include "process/shared.h"

static int counts(const mai_context_t *context, const request_rec *r);
static void settle(mai_visit_t *visit, ti_metrics_t *metrics);
static ti_metric_result_t of_rejection(int message);

void mai_tally_lookup(mai_visit_t *visit, const request_rec *r,
                      const mai_context_t *context)
{
    int lookup = mai_tally_source(&context->result);
    apr_uint32_t row = context->server->row;

    if (lookup < 0) {
        return;
    }
    if (lookup <= TI_LOOKUP_NEGATIVE && r->main == NULL &&
        visit->uncounted.word == 0) {
        visit->uncounted.row = row;
        visit->uncounted.word = TI_WORD_LOOKUP + lookup;
        return;
    }
    ti_metric_add(mai_shared_world()->metrics, row, TI_WORD_LOOKUP + lookup, 1);
}

int mai_tally_request(request_rec *r)
{
    const mai_step_t *step = mai_visit_step(r);
    const ti_world_t *world = mai_shared_world();
    const request_rec *where = r;
    const mai_context_t *context;
    const ti_server_t *server;
    ti_metric_result_t result;
    apr_uint32_t row;
    int word;

    if (step == NULL || world == NULL) {
        return DECLINED;
    }
    context = mai_tally_deciding(&where, r);
    if (context == NULL) {
        settle(step->visit, world->metrics);
        return DECLINED;
    }
    server = mai_tally_server(context, where);
    row = server != NULL ? server->row : TI_METRIC_NO_SERVER;
    result = mai_tally_result(context, where->status);
    word = TI_WORD_RESULT + (int)result;
    if (row == step->visit->uncounted.row) {
        int lookup = step->visit->uncounted.word - TI_WORD_LOOKUP;

        if (lookup == TI_LOOKUP_HIT && result == TI_RESULT_GRANTED) {
            word = TI_WORD_HIT_GRANTED;
            step->visit->uncounted.word = 0;
        } else if (lookup == TI_LOOKUP_NEGATIVE &&
                   result == TI_RESULT_INACTIVE) {
            word = TI_WORD_NEGATIVE_INACTIVE;
            step->visit->uncounted.word = 0;
        }
    }
    ti_metric_add(world->metrics, row, word, 1);
    settle(step->visit, world->metrics);
    return DECLINED;
}

const mai_context_t *mai_tally_deciding(const request_rec **where,
                                        const request_rec *r)
{
    const mai_context_t *granted = NULL;

    *where = r;
    for (; r != NULL; r = r->next) {
        const mai_context_t *context = mai_context_of(r);

        if (context == NULL || !counts(context, r)) {
            continue;
        }
        if (context->result.verdict != TI_GRANTED) {
            *where = r;
            return context;
        }
        *where = r;
        granted = context;
    }
    return granted;
}

ti_metric_result_t mai_tally_result(const mai_context_t *context, int status)
{
    const ti_result_t *result = &context->result;

    if (context->guest) {
        return status < HTTP_BAD_REQUEST ? TI_RESULT_GUEST : TI_RESULT_NO_TOKEN;
    }
    switch (result->verdict) {
    case TI_GRANTED:
        return TI_RESULT_GRANTED;
    case TI_NO_TOKEN:
        return TI_RESULT_NO_TOKEN;
    case TI_MALFORMED:
    case TI_UNCLEAR:
        return TI_RESULT_MALFORMED;
    case TI_INACTIVE:
        return TI_RESULT_INACTIVE;
    case TI_REJECTED:
        return of_rejection(result->message);
    case TI_INSUFFICIENT:
        return TI_RESULT_SCOPE;
    case TI_LOGIN:
        return TI_RESULT_LOGIN;
    case TI_FOREIGN:
        return TI_RESULT_ORIGIN;
    case TI_UNAVAILABLE:
        return TI_RESULT_UNAVAILABLE;
    default:
        return TI_RESULT_MISCONFIGURED;
    }
}

const char *const mai_tally_words[TI_RESULTS] = {"granted",
                                                 "guest",
                                                 "no_token",
                                                 "malformed",
                                                 "inactive",
                                                 "expired",
                                                 "not_yet",
                                                 "issuer",
                                                 "audience",
                                                 "kind",
                                                 "unbound",
                                                 "insufficient_scope",
                                                 "insufficient_authentication",
                                                 "origin",
                                                 "unavailable",
                                                 "misconfigured"};

int mai_tally_source(const ti_result_t *result)
{
    switch (result->source) {
    case TI_SOURCE_REMEMBERED:
        return result->verdict == TI_INACTIVE ? TI_LOOKUP_NEGATIVE
                                              : TI_LOOKUP_HIT;
    case TI_SOURCE_STALE:
        return TI_LOOKUP_STALE;
    case TI_SOURCE_WAITED:
        return TI_LOOKUP_WAIT;
    case TI_SOURCE_ASKED:
        return TI_LOOKUP_MISS;
    default: /* it was looked for before nobody could be asked */
        return result->verdict == TI_UNAVAILABLE &&
                       result->message != TI_MSG_INTERNAL
                   ? TI_LOOKUP_MISS
                   : -1;
    }
}

const char *const mai_tally_source_words[TI_LOOKUPS] = {
    "hit", "negative_hit", "stale", "miss", "wait"};

const ti_server_t *mai_tally_server(const mai_context_t *context,
                                    const request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    const mai_combination_t *place = mai_config_only(dir);

    if (context->server != NULL) {
        return context->server;
    }
    return place != NULL ? mai_combination_now(place) : NULL;
}

/* Not a password that was another provider's, who let in. */
static int counts(const mai_context_t *context, const request_rec *r)
{
    return context->result.verdict == TI_GRANTED || context->guest ||
           context->refusal != NULL || r->status >= HTTP_BAD_REQUEST;
}

static void settle(mai_visit_t *visit, ti_metrics_t *metrics)
{
    if (visit->uncounted.word != 0) {
        ti_metric_add(metrics, visit->uncounted.row, visit->uncounted.word, 1);
        visit->uncounted.word = 0;
    }
}

static ti_metric_result_t of_rejection(int message)
{
    switch (message) {
    case TI_MSG_EXPIRED:
        return TI_RESULT_EXPIRED;
    case TI_MSG_NOT_YET:
    case TI_MSG_ISSUED_LATER:
        return TI_RESULT_NOT_YET;
    case TI_MSG_ISSUER:
        return TI_RESULT_ISSUER;
    case TI_MSG_AUDIENCE:
        return TI_RESULT_AUDIENCE;
    case TI_MSG_BOUND:
        return TI_RESULT_UNBOUND;
    default:
        return TI_RESULT_KIND;
    }
}
