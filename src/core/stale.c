/* SPDX-License-Identifier: Apache-2.0 */
#include "stale.h"

#include <apr_strings.h>

#include "count.h"
#include "memory.h"
#include "messages.h"
#include "pace.h"
#include "server.h"

static void log_stale(const ti_world_t *world, const ti_question_t *question,
                      const char *cause);

void ti_stale_serve(ti_result_t *result, const ti_world_t *world,
                    const ti_question_t *question, const ti_key_t *key)
{
    ti_result_t older = {0};
    ti_memory_t memory;

    ti_memory_recall(&memory, world, question, key, world->clock());
    if (memory.state == TI_MEMORY_NONE) {
        return;
    }
    ti_memory_tell(&older, question, &memory, world->clock());
    if (memory.state == TI_MEMORY_STALE) {
        if (older.verdict != TI_GRANTED) {
            return;
        }
        log_stale(world, question, result->cause);
        ti_count(world->counts, TI_COUNT_STALE);
        older.source = TI_SOURCE_STALE;
    }
    *result = older;
}

/* For each request, and at a pace for whoever has to know of the trouble. */
static void log_stale(const ti_world_t *world, const ti_question_t *question,
                      const char *cause)
{
    ti_line_t line = {TI_LOG_WARNING, TI_MSG_STALE, NULL, NULL};

    line.subject = APR_ARRAY_IDX(question->server->endpoints, 0, const char *);
    line.text =
        apr_pstrcat(question->p, "Serving older answers of ", line.subject,
                    ", which cannot be asked: ", cause, NULL);
    ti_pace_log(world->pace, world->clock(), question->log, &line);
    ti_log(question->log, TI_LOG_INFO, TI_MSG_STALE,
           "Served an older answer: %s", cause);
}
