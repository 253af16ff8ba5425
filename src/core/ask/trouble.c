/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/trouble.h"

#include <apr_strings.h>

#include "ask/advice.h"
#include "ask/server.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "http/address.h"

static const char *mode_reason(ti_mode_t mode, apr_pool_t *p);

void ti_trouble_log_mode(const ti_world_t *world, const ti_question_t *question,
                         ti_mode_t mode, const ti_outcome_t *outcome)
{
    const char *url =
        APR_ARRAY_IDX(question->server->endpoints, 0, const char *);
    const char *shown = ti_address_shown(url, question->p);
    const char *why = mode_reason(mode, question->p);
    ti_line_t line = {TI_LOG_WARNING, TI_MSG_SLOWER, NULL, NULL};

    if (!ti_log_on(question->log, line.level)) {
        return;
    }
    line.subject = apr_pstrcat(question->p, url, why, NULL);
    if (mode == TI_MODE_NORMAL) {
        line.id = TI_MSG_AS_BEFORE;
        line.text = apr_pstrcat(question->p,
                                "Sending questions at the usual rate again to ",
                                shown, ": ", why, NULL);
    } else {
        line.text =
            apr_pstrcat(question->p, "Sending fewer questions to ", shown, ": ",
                        why, ". Last failure: ", outcome->cause, NULL);
    }
    ti_ratelimit_log(world->ratelimit, world->steady(), question->log, &line);
}

static const char *mode_reason(ti_mode_t mode, apr_pool_t *p)
{
    switch (mode) {
    case TI_MODE_DOUBT:
        return apr_psprintf(p,
                            "no answer about a token for %d s, so %d a second",
                            (int)apr_time_sec(TI_PACE_DOUBT_AFTER),
                            (int)(APR_USEC_PER_SEC / TI_PACE_DOUBT));
    case TI_MODE_SILENT:
        return apr_psprintf(p, "it does not answer at all, so %d a second",
                            (int)(APR_USEC_PER_SEC / TI_PACE_SILENT));
    default:
        return "it answers";
    }
}

void ti_trouble_warn(const ti_world_t *world, const ti_question_t *question,
                     int message, const char *what, const char *why)
{
    ti_line_t line = {TI_LOG_WARNING, message, NULL, NULL};

    if (!ti_log_on(question->log, line.level)) {
        return;
    }
    line.subject = APR_ARRAY_IDX(question->server->endpoints, 0, const char *);
    line.text = apr_pstrcat(question->p, what, " ",
                            ti_address_shown(line.subject, question->p), ": ",
                            why, NULL);
    ti_ratelimit_log(world->ratelimit, world->steady(), question->log, &line);
}

void ti_trouble_log(const ti_world_t *world, const ti_question_t *question,
                    const char *url, const ti_outcome_t *outcome)
{
    ti_line_t line = {TI_LOG_WARNING, outcome->message, url, NULL};

    if (outcome->verdict == TI_MISCONFIGURED) {
        line.level = TI_LOG_ERROR;
    } else if (outcome->message == TI_MSG_ABORTED) {
        line.level = TI_LOG_INFO;
    }
    if (question->server->client_id != NULL) {
        line.subject = apr_pstrcat(question->p, url, " ",
                                   question->server->client_id, NULL);
    }
    line.text = apr_pstrcat(
        question->p, "Could not use ", ti_address_shown(url, question->p), ": ",
        outcome->cause, ti_advice_for(question, outcome), NULL);
    ti_ratelimit_log(world->ratelimit, world->steady(), question->log, &line);
}
