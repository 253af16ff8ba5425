/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/stale.h"

#include "ask/server.h"
#include "ask/trouble.h"
#include "base/messages.h"
#include "traffic/flight.h"
#include "traffic/flights.h"
#include "verify/refresh.h"
#include "verify/refresher.h"

static int serve(ti_result_t *result, const ti_world_t *world,
                 const ti_question_t *question, const ti_answer_t *answer,
                 const char *cause);

int ti_stale_serve_at_once(ti_result_t *result, const ti_world_t *world,
                           const ti_question_t *question,
                           const ti_answer_t *answer)
{
    if (world->refresher == NULL || !question->server->outlives_requests ||
        !ti_flights_silent(world->flights, question->server->number)) {
        return 0;
    }
    if (!ti_flight_busy(world->flights, &question->key, world->steady(),
                        TI_REFRESH_PAUSE)) {
        ti_refresher_add(world->refresher, world, question, world->steady());
    }
    return serve(result, world, question, answer,
                 "it failed when it was last asked");
}

void ti_stale_serve(ti_result_t *result, const ti_world_t *world,
                    const ti_question_t *question)
{
    ti_answer_t answer;

    ti_answer_recall(&answer, world, question);
    if (answer.state == TI_ANSWER_FRESH) {
        ti_answer_judge(result, question, &answer);
    } else if (answer.state == TI_ANSWER_STALE) {
        serve(result, world, question, &answer, result->cause);
    }
}

/* Nonzero: *result grants. */
static int serve(ti_result_t *result, const ti_world_t *world,
                 const ti_question_t *question, const ti_answer_t *answer,
                 const char *cause)
{
    ti_result_t older = {0};

    ti_answer_judge(&older, question, answer);
    if (older.verdict != TI_GRANTED) {
        return 0;
    }
    ti_trouble_warn(world, question, TI_MSG_STALE, "Serving stale answers of",
                    cause);
    ti_log(question->log, TI_LOG_INFO, TI_MSG_STALE,
           "Served a stale answer: %s", cause);
    older.source = TI_SOURCE_STALE;
    *result = older;
    return 1;
}
