/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/trial.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/recent.h"
#include "config/config.h"
#include "context/context.h"
#include "context/tally.h"
#include "pages/exported.h"
#include "pages/places.h"
#include "process/shared.h"
#include "reply/hearing.h"
#include "verify/answer.h"

/* What came of it. */
typedef struct trial_t {
    request_rec *r; /* as it was looked up */
    const mai_dir_t *dir;
    mai_context_t *context; /* NULL: none of ours decided */
    const char *token;
    apr_pool_t *p; /* of the page */
} trial_t;

static request_rec *look_up(const char **why, request_rec *page,
                            const mai_attempt_t *attempt);
static void write_place(mai_table_t *table, const trial_t *trial);
static const apr_array_header_t *copied(const apr_array_header_t *texts,
                                        apr_pool_t *p);
static void write_verdict(mai_table_t *table, const trial_t *trial);
static const char *fault_of(const mai_context_t *context);
static const char *source_of(const ti_result_t *result);
static void write_remembered(mai_table_t *table, const trial_t *trial);
static int recall(ti_answer_t *answer, const trial_t *trial);
static const char *kind_of(const ti_answer_t *answer);
static apr_time_t asked_next(const ti_answer_t *answer,
                             const ti_server_t *server);
static void write_lines(mai_sheet_t *sheet, const trial_t *trial);

void mai_trial_write(mai_sheet_t *sheet, request_rec *page,
                     const mai_attempt_t *attempt)
{
    mai_table_t *table;
    trial_t trial;

    trial.r = look_up(&sheet->error, page, attempt);
    if (trial.r == NULL) {
        return;
    }
    trial.dir = mai_config_of(trial.r);
    trial.context = mai_context_of(trial.r);
    trial.token = attempt->token;
    trial.p = sheet->p;
    table = mai_sheet_table(sheet, "check", "What would happen", "", 1);
    mai_sheet_number(table, "status", "Status before the application",
                     trial.r->status);
    write_place(table, &trial);
    write_verdict(table, &trial);
    write_remembered(table, &trial);
    mai_sheet_text(
        table, "user", "REMOTE_USER",
        apr_pstrdup(trial.p, trial.r->user != NULL ? trial.r->user : "none"));
    mai_exported_write(sheet, trial.r);
    write_lines(sheet, &trial);
    mai_stage_end(trial.r);
}

/* Where the place wants a password, once more with one. */
static request_rec *look_up(const char **why, request_rec *page,
                            const mai_attempt_t *attempt)
{
    request_rec *found = mai_stage_look_up(why, page, attempt);
    mai_attempt_t other = *attempt;
    const char *type = found != NULL ? ap_auth_type(found) : NULL;

    if (type == NULL || apr_cstr_casecmp(type, "Basic") != 0 ||
        mai_config_of(found)->introspect != TI_SWITCH_ON) {
        return found;
    }
    mai_stage_end(found);
    other.by_password = 1;
    return mai_stage_look_up(why, page, &other);
}

static void write_place(mai_table_t *table, const trial_t *trial)
{
    const char *type = ap_auth_type(trial->r);
    ti_policy_t policy;

    mai_config_policy(&policy, trial->dir);
    mai_sheet_text(table, "host", "Virtual host",
                   mai_places_host(trial->r->server, trial->p));
    mai_sheet_text(table, "path", "Path", apr_pstrdup(trial->p, trial->r->uri));
    mai_sheet_text(table, "auth_type", "AuthType",
                   type != NULL ? apr_pstrdup(trial->p, type) : "none");
    mai_sheet_text(
        table, "place", "Place",
        trial->dir->where != NULL
            ? apr_pstrdup(trial->p, mai_config_shown(trial->dir->where))
            : NULL);
    mai_sheet_text(table, "wanted_issuer", "Required issuer",
                   policy.issuer != NULL ? apr_pstrdup(trial->p, policy.issuer)
                                         : NULL);
    mai_sheet_list(table, "wanted_audience", "Required audiences",
                   copied(policy.audiences, trial->p));
}

/* Those of a .htaccess live as long as what was looked up. */
static const apr_array_header_t *copied(const apr_array_header_t *texts,
                                        apr_pool_t *p)
{
    apr_array_header_t *copy = apr_array_make(p, 2, sizeof(const char *));
    int i;

    for (i = 0; texts != NULL && i < texts->nelts; i++) {
        APR_ARRAY_PUSH(copy, const char *) =
            apr_pstrdup(p, APR_ARRAY_IDX(texts, i, const char *));
    }
    return copy;
}

static void write_verdict(mai_table_t *table, const trial_t *trial)
{
    const mai_context_t *context = trial->context;
    const ti_server_t *server =
        context != NULL ? mai_tally_server(context, trial->r) : NULL;
    const ti_result_t *result = context != NULL ? &context->result : NULL;
    int refused = result != NULL && result->verdict != TI_GRANTED;

    mai_sheet_text(table, "server", "Authorization server",
                   server != NULL && server->displayname != NULL
                       ? apr_pstrdup(trial->p, server->displayname)
                       : NULL);
    mai_sheet_text(
        table, "verdict", "Verdict",
        context == NULL
            ? "none: this module does not decide here"
            : mai_tally_words[mai_tally_result(context, trial->r->status)]);
    mai_sheet_text(table, "reason", "Reason",
                   refused && result->cause != NULL
                       ? apr_psprintf(trial->p, "MAI%04d: %s", result->message,
                                      result->cause)
                       : NULL);
    mai_sheet_text(table, "fault", "Whose fault", fault_of(context));
    mai_sheet_text(table, "source", "Where the answer came from",
                   result != NULL ? source_of(result) : NULL);
}

/* Where nobody decides, what the configuration says may not be what was meant.
 */
static const char *fault_of(const mai_context_t *context)
{
    ti_fault_t fault = TI_FAULT_CONFIGURATION;

    if (context != NULL && context->guest) {
        fault = TI_FAULT_NONE;
    } else if (context != NULL) {
        fault = ti_fault_of(context->result.verdict, context->result.message);
    }
    return ti_fault_name(fault);
}

static const char *source_of(const ti_result_t *result)
{
    static const char *const words[] = {
        [TI_SOURCE_NONE] = NULL,
        [TI_SOURCE_ASKED] = "the authorization server, asked just now",
        [TI_SOURCE_WAITED] =
            "the authorization server, asked by another request",
        [TI_SOURCE_REMEMBERED] = "the cache",
        [TI_SOURCE_STALE] = "the cache, stale (IntrospectStaleIfError)",
    };

    return words[result->source];
}

/* What is remembered once it was tried. */
static void write_remembered(mai_table_t *table, const trial_t *trial)
{
    ti_answer_t answer;
    int there = recall(&answer, trial);
    apr_time_t now = answer.now.steady;

    mai_sheet_text(
        table, "fingerprint", "Fingerprint of the token in logs",
        trial->context != NULL && trial->context->fingerprint != 0
            ? apr_psprintf(trial->p, "%08x", trial->context->fingerprint)
            : NULL);
    mai_sheet_text(table, "remembered", "Remembered",
                   there ? kind_of(&answer) : "nothing");
    mai_sheet_since(table, "age", "Age of that answer",
                    there ? answer.entry.answered : 0, now);
    mai_sheet_until(table, "asked_next", "Asked about again in",
                    there ? asked_next(&answer, trial->context->server) : 0,
                    now);
}

/* Under the settings of the place. Zero: nothing that serves it. */
static int recall(ti_answer_t *answer, const trial_t *trial)
{
    const mai_context_t *context = trial->context;
    ti_question_t question;
    ti_policy_t policy;

    memset(answer, 0, sizeof(*answer));
    if (context == NULL || context->server == NULL ||
        context->fingerprint == 0) {
        return 0;
    }
    mai_config_policy(&policy, trial->dir);
    memset(&question, 0, sizeof(question));
    question.server = context->server;
    question.policy = &policy;
    question.token = trial->token;
    question.length = strlen(trial->token);
    question.p = trial->r->pool;
    if (ti_recent_key(&question.key, NULL, question.server->tokens,
                      question.token, question.length) != APR_SUCCESS) {
        return 0;
    }
    ti_answer_recall_local(answer, mai_shared_world(), &question);
    return answer->state != TI_ANSWER_NONE;
}

static const char *kind_of(const ti_answer_t *answer)
{
    if (answer->entry.kind == TI_KIND_INACTIVE) {
        return "inactive";
    }
    return answer->state == TI_ANSWER_STALE ? "active, stale" : "active";
}

/* When its time here is over, if nobody renews it before. */
static apr_time_t asked_next(const ti_answer_t *answer,
                             const ti_server_t *server)
{
    apr_time_t end =
        answer->entry.answered + (answer->entry.kind == TI_KIND_INACTIVE
                                      ? server->negative_max_age
                                      : server->cache_max_age);

    return answer->entry.expires < end ? answer->entry.expires : end;
}

static void write_lines(mai_sheet_t *sheet, const trial_t *trial)
{
    mai_table_t *table = mai_sheet_table(
        sheet, "requirements", "Require lines of this module",
        "None was evaluated: the token was refused before, or there is none.",
        0);
    const apr_array_header_t *lines;
    int i;

    if (trial->context == NULL || trial->context->result.claims == NULL) {
        return;
    }
    lines = mai_hearing_hold(trial->r, trial->context);
    for (i = 0; i < lines->nelts; i++) {
        const mai_line_t *line = &APR_ARRAY_IDX(lines, i, const mai_line_t);

        mai_sheet_row(table);
        mai_sheet_text(table, "line", "Require",
                       apr_pstrdup(trial->p, line->text));
        mai_sheet_text(table, "holds", "Holds", line->holds ? "yes" : "no");
    }
}
