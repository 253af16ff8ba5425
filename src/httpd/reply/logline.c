/* SPDX-License-Identifier: Apache-2.0 */
#include "reply/logline.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/journal.h"
#include "base/log.h"
#include "base/ratelimit.h"
#include "config/config.h"
#include "context/tally.h"
#include "context/visit.h"
#include "process/report.h"
#include "process/shared.h"
#include "reply/reason.h"

/* Bytes of a path that a log line tells: the cause has to follow. */
#define URI_MAX 200

/* Between two warnings about refusals of one place for one cause. */
#define REFUSAL_INTERVAL apr_time_from_sec(60)

static void note(request_rec *r, const mai_context_t *context, int status);
static int is_first(apr_uint32_t *since, const request_rec *r, int message,
                    int status);

/* What a client gets can be had as often as it likes: of each place and cause
 * one line in REFUSAL_INTERVAL is for an administrator, with the number of
 * those since; all are there for who asks for `info`. */
void mai_logline_refused(request_rec *r, mai_context_t *context, int status)
{
    const ti_result_t *result = &context->result;
    ti_level_t level = TI_LOG_INFO;
    apr_uint32_t since = 0;
    ti_log_t log;

    if (mai_visit_enter(r)->visit->is_trial) {
        return; /* no client was refused */
    }
    note(r, context, status);
    mai_report_request(&log, r);
    if (ti_log_on(&log, TI_LOG_WARNING) &&
        is_first(&since, r, result->message, status)) {
        level = TI_LOG_WARNING;
    }
    if (!ti_log_on(&log, level)) {
        return;
    }
    ti_log(&log, level, result->message, "Refused %.*s with %d: %s%s%s%s%s%s",
           URI_MAX, r->uri, status,
           result->cause != NULL ? result->cause : "nothing was decided",
           mai_reason_difference(r, context),
           ti_result_origin(result, ti_clock_steady(), r->pool),
           context->fingerprint != 0
               ? apr_psprintf(r->pool, " (token %08x)", context->fingerprint)
               : "",
           since > 0 ? apr_psprintf(r->pool,
                                    " (and %u more like it since the last "
                                    "warning)",
                                    since)
                     : "",
           mai_reason_chosen(r, context));
}

/* For the status page: nothing that the client chose. */
static void note(request_rec *r, const mai_context_t *context, int status)
{
    const ti_world_t *world = mai_shared_world();
    const char *where = mai_config_shown(mai_config_of(r)->where);
    ti_refusal_t refusal;

    if (world == NULL) {
        return;
    }
    memset(&refusal, 0, sizeof(refusal));
    refusal.at = apr_time_now();
    refusal.fingerprint = context->fingerprint;
    refusal.message = context->result.message;
    refusal.status = status;
    refusal.result = (apr_int32_t)mai_tally_result(context, status);
    ti_journal_name(&refusal, where != NULL ? where : "");
    ti_journal_add(world->journal, &refusal);
}

/* The first refusal of this place and cause for a while. What made us answer
 * otherwise is told elsewhere. */
static int is_first(apr_uint32_t *since, const request_rec *r, int message,
                    int status)
{
    const char *where = mai_config_of(r)->where;

    return (status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN) &&
           ti_ratelimit_admits(since, mai_shared_pace(), message,
                               where != NULL ? where : "", REFUSAL_INTERVAL,
                               ti_clock_steady());
}
