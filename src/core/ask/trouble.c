/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/trouble.h"

#include <apr_strings.h>

#include "ask/advice.h"
#include "ask/server.h"
#include "base/messages.h"
#include "base/ratelimit.h"
#include "http/address.h"

void ti_trouble_log_mode(const ti_world_t *world, const ti_question_t *question,
                         ti_mode_t mode, const ti_outcome_t *outcome)
{
    static const struct {
        int message;
        const char *what;
        const char *why;
    } told[] = {
        [TI_MODE_NORMAL] = {TI_MSG_AS_BEFORE,
                            "As many questions as before go to ",
                            ": it answers"},
        [TI_MODE_DOUBT] = {TI_MSG_SLOWER, "Fewer questions go to ",
                           ": no answer about a token for 5 s, so 20 a second. "
                           "The latest trouble: "},
        [TI_MODE_SILENT] = {TI_MSG_SLOWER, "Fewer questions go to ",
                            ": it does not answer at all, so 4 a second. The "
                            "latest trouble: "},
    };
    const char *url =
        APR_ARRAY_IDX(question->server->endpoints, 0, const char *);
    ti_line_t line = {TI_LOG_WARNING, told[mode].message, NULL, NULL};

    if (!ti_log_on(question->log, line.level)) {
        return;
    }
    line.subject = apr_pstrcat(question->p, url, told[mode].why, NULL);
    line.text = apr_pstrcat(
        question->p, told[mode].what, ti_address_shown(url, question->p),
        told[mode].why, mode != TI_MODE_NORMAL ? outcome->cause : NULL, NULL);
    ti_ratelimit_log(world->ratelimit, world->steady(), question->log, &line);
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
