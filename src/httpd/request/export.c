/* SPDX-License-Identifier: Apache-2.0 */
#include "request/export.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/claims.h"
#include "base/messages.h"
#include "config/prefix.h"
#include "process/report.h"
#include "request/scrub.h"
#include "request/token.h"
#include "request/user.h"

/* Where claims go to: the environment or the headers. */
typedef struct outlet_t {
    apr_table_t *table;
    const char *prefix;
    int header;
    int usual; /* the prefix is TI_CLAIMS_PREFIX: names are ready to use */
    apr_pool_t *p;
} outlet_t;

/* Prefixes of headers that some place emits; NULL: none does. Set at start. */
static const apr_array_header_t *header_prefixes;

static int exports(const mai_dir_t *dir, mai_export_t what);
static const char *prefix_of(const mai_dir_t *dir);
static const char *header_prefix_of(const mai_dir_t *dir);
static void pour(request_rec *r, const outlet_t *outlet, const mai_dir_t *dir,
                 const ti_claims_t *claims);
static void emit_all(request_rec *r, const outlet_t *outlet,
                     const ti_claims_t *claims);
static void emit_selected(request_rec *r, const outlet_t *outlet,
                          const mai_dir_t *dir, const ti_claims_t *claims);
static void emit(const outlet_t *outlet, const char *variable,
                 const char *text);
static void log_skipped(request_rec *r, const char *name);

int mai_export_clean(request_rec *r)
{
    int i;

    for (i = 0; header_prefixes != NULL && i < header_prefixes->nelts; i++) {
        mai_scrub_headers(r, APR_ARRAY_IDX(header_prefixes, i, const char *));
    }
    return DECLINED;
}

int mai_export_clear(request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);

    if (!dir->touched) {
        return DECLINED;
    }
    mai_scrub_table(r->subprocess_env, MAI_PREFIX_OURS, r->pool);
    if (dir->prefix != NULL) {
        mai_scrub_table(r->subprocess_env, dir->prefix, r->pool);
    }
    if (exports(dir, MAI_EXPORT_HEADER)) {
        mai_scrub_headers(r, header_prefix_of(dir));
    }
    return DECLINED;
}

void mai_export_claims(request_rec *r, const mai_context_t *context)
{
    const mai_dir_t *dir = mai_config_of(r);

    if (context->result.source == TI_SOURCE_STALE) {
        apr_table_setn(r->subprocess_env, "INTROSPECT_STALE", "1");
    }
    if (exports(dir, MAI_EXPORT_ENV)) {
        outlet_t env = {r->subprocess_env, prefix_of(dir), 0,
                        dir->prefix == NULL, r->pool};

        if (context->subject != MAI_SUBJECT_NONE) {
            apr_table_addn(r->subprocess_env, "INTROSPECT_SUBJECT_TYPE",
                           context->subject == MAI_SUBJECT_USER ? "user"
                                                                : "client");
        }
        pour(r, &env, dir, context->result.claims);
    }
    if (exports(dir, MAI_EXPORT_HEADER)) {
        outlet_t headers = {r->headers_in, header_prefix_of(dir), 1, 0,
                            r->pool};

        pour(r, &headers, dir, context->result.claims);
    }
}

int mai_export_finish(request_rec *r)
{
    const mai_context_t *own = mai_context_of(r);
    const mai_context_t *context =
        own == NULL && r->user != NULL ? mai_context_inherited(r) : NULL;

    if (context != NULL && context->result.verdict == TI_GRANTED) {
        mai_export_clear(r);
        mai_export_claims(r, context);
    }
    if (mai_config_of(r)->forward_token == TI_SWITCH_OFF) {
        mai_token_remove(r);
    }
    return DECLINED;
}

void mai_export_learn(const apr_array_header_t *sections, apr_pool_t *pconf)
{
    apr_array_header_t *prefixes =
        apr_array_make(pconf, 2, sizeof(const char *));
    int emitted = 0;
    int i;

    APR_ARRAY_PUSH(prefixes, const char *) = MAI_HEADER_PREFIX;
    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        emitted = emitted || (dir->export & MAI_EXPORT_HEADER);
        if (dir->header_prefix != NULL) {
            APR_ARRAY_PUSH(prefixes, const char *) = dir->header_prefix;
        }
    }
    header_prefixes = emitted ? prefixes : NULL;
}

static int exports(const mai_dir_t *dir, mai_export_t what)
{
    mai_export_t export =
        dir->export != MAI_EXPORT_UNSET ? dir->export : MAI_EXPORT_ENV;

    return (export & what) != 0;
}

static const char *prefix_of(const mai_dir_t *dir)
{
    return dir->prefix != NULL ? dir->prefix : TI_CLAIMS_PREFIX;
}

static const char *header_prefix_of(const mai_dir_t *dir)
{
    return dir->header_prefix != NULL ? dir->header_prefix : MAI_HEADER_PREFIX;
}

static void pour(request_rec *r, const outlet_t *outlet, const mai_dir_t *dir,
                 const ti_claims_t *claims)
{
    if (dir->export_claims != NULL) {
        emit_selected(r, outlet, dir, claims);
    } else {
        emit_all(r, outlet, claims);
    }
}

static void emit_all(request_rec *r, const outlet_t *outlet,
                     const ti_claims_t *claims)
{
    const ti_value_t *value = ti_claims_entries(claims);
    const ti_value_t *end = value + claims->entries;

    for (; value != end; value++) {
        const char *name = (const char *)claims + value->variable;
        const char *text = ti_claims_text(claims, value);

        if (value->variable == 0) {
            continue;
        }
        if (text != NULL && outlet->usual) {
            apr_table_addn(outlet->table, name, text);
        } else if (text != NULL) {
            emit(outlet, name + TI_CLAIMS_PREFIX_LENGTH, text);
        } else if (value->type != TI_NULL) {
            log_skipped(r, name + TI_CLAIMS_PREFIX_LENGTH);
        }
    }
}

static void emit_selected(request_rec *r, const outlet_t *outlet,
                          const mai_dir_t *dir, const ti_claims_t *claims)
{
    int i;

    for (i = 0; i < dir->export_claims->nelts; i++) {
        const mai_selection_t *selection =
            &APR_ARRAY_IDX(dir->export_claims, i, mai_selection_t);
        const ti_value_t *value = mai_user_find(selection, claims);
        const char *text;

        if (value == NULL) {
            continue;
        }
        text = ti_claims_text(claims, value);
        if (text == NULL && value->type >= TI_ARRAY &&
            value->length <= TI_CLAIMS_EXPORT_MAX) {
            text = apr_pstrmemdup(r->pool, ti_claims_string(claims, value),
                                  value->length);
        }
        if (text == NULL) {
            log_skipped(r, selection->variable);
            continue;
        }
        emit(outlet, selection->variable, text);
    }
}

/* Added, not set: what was there has been cleared, and apr_table_set would
 * compare with every earlier one. */
static void emit(const outlet_t *outlet, const char *variable, const char *text)
{
    char *name = apr_pstrcat(outlet->p, outlet->prefix, variable, NULL);
    char *c;

    for (c = name; outlet->header && *c != '\0'; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    apr_table_addn(outlet->table, name, text);
}

static void log_skipped(request_rec *r, const char *name)
{
    ti_log_t log;

    mai_report_request(&log, r);
    ti_log(&log, TI_LOG_INFO, TI_MSG_EXPORT_SKIPPED,
           "Left out claim %s: its value is longer than %d bytes", name,
           TI_CLAIMS_EXPORT_MAX);
}
