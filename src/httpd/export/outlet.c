/* SPDX-License-Identifier: Apache-2.0 */
#include "export/outlet.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "base/messages.h"
#include "claims/names.h"
#include "export/shape.h"
#include "process/report.h"

/* The variable of the whole answer, behind the prefix. */
#define WHOLE "json"

static void emit_usual(request_rec *r, apr_table_t *table,
                       const ti_claims_t *claims);
static void emit_rare(request_rec *r, apr_table_t *table,
                      const ti_claims_t *claims, const ti_value_t *value);
static void emit_all(request_rec *r, const mai_outlet_t *outlet,
                     const ti_claims_t *claims);
static void emit_selected(request_rec *r, const mai_outlet_t *outlet,
                          const mai_dir_t *dir, const ti_claims_t *claims);
static void emit_shaped(request_rec *r, const mai_outlet_t *outlet,
                        const mai_dir_t *dir, const ti_claims_t *claims);
static int is_taken(const mai_dir_t *dir, const char *variable);
static void emit_or_skip(request_rec *r, const mai_outlet_t *outlet,
                         const char *variable, const char *text);
static void emit(const mai_outlet_t *outlet, const char *variable,
                 const char *text);
static void log_skipped(request_rec *r, const char *name);

void mai_outlet_emit(request_rec *r, const mai_outlet_t *outlet,
                     const mai_dir_t *dir, const ti_claims_t *claims)
{
    if (dir->export_claims != NULL) {
        emit_selected(r, outlet, dir, claims);
    } else if (mai_shape_is_special(dir)) {
        emit_shaped(r, outlet, dir, claims);
    } else if (outlet->usual) {
        emit_usual(r, outlet->table, claims);
    } else {
        emit_all(r, outlet, claims);
    }
    if (dir->export_json == TI_SWITCH_ON) {
        emit_or_skip(r, outlet, WHOLE, mai_shape_json(dir, claims, r->pool));
    }
}

/* Of the alphabet of a JWT, or its signature had not been verified. */
void mai_outlet_signed(request_rec *r, const char *name, int is_header,
                       const ti_claims_t *claims)
{
    const char *text = ti_claims_attached(claims);

    if (text == NULL) {
        return;
    }
    if (is_header && strlen(text) > TI_CLAIMS_EXPORT_MAX) {
        log_skipped(r, name);
        return;
    }
    apr_table_addn(is_header ? r->headers_in : r->subprocess_env, name, text);
}

/* What nearly all requests come to: of nearly all claims nothing is looked at
 * twice. */
static void emit_usual(request_rec *r, apr_table_t *table,
                       const ti_claims_t *claims)
{
    const ti_value_t *value = ti_claims_entries(claims);
    const ti_value_t *end = value + claims->entries;

    for (; value != end; value++) {
        if (value->naming == TI_NAMING_SAME && value->text != 0) {
            apr_table_addn(table, ti_claims_variable(claims, value),
                           ti_claims_text(claims, value));
        } else {
            emit_rare(r, table, claims, value);
        }
    }
}

static void emit_rare(request_rec *r, apr_table_t *table,
                      const ti_claims_t *claims, const ti_value_t *value)
{
    const char *name = ti_claims_variable(claims, value);
    const char *text = ti_claims_text(claims, value);

    if (name == NULL) {
        return;
    }
    if (text != NULL) {
        apr_table_addn(table, name, text);
    } else if (value->type != TI_NULL) {
        log_skipped(r, name + TI_CLAIMS_PREFIX_LENGTH);
    }
}

static void emit_all(request_rec *r, const mai_outlet_t *outlet,
                     const ti_claims_t *claims)
{
    const ti_value_t *value = ti_claims_entries(claims);
    const ti_value_t *end = value + claims->entries;

    for (; value != end; value++) {
        const char *name = ti_claims_variable(claims, value);
        const char *text = ti_claims_text(claims, value);

        if (name == NULL) {
            continue;
        }
        if (text != NULL && outlet->ready != NULL &&
            value->path < TI_NAMES_END) {
            apr_table_addn(outlet->table, outlet->ready[value->path], text);
        } else if (text != NULL) {
            emit(outlet, name + TI_CLAIMS_PREFIX_LENGTH, text);
        } else if (value->type != TI_NULL) {
            log_skipped(r, name + TI_CLAIMS_PREFIX_LENGTH);
        }
    }
}

static void emit_selected(request_rec *r, const mai_outlet_t *outlet,
                          const mai_dir_t *dir, const ti_claims_t *claims)
{
    int i;

    for (i = 0; i < dir->export_claims->nelts; i++) {
        const mai_selection_t *selection =
            &APR_ARRAY_IDX(dir->export_claims, i, mai_selection_t);
        const ti_value_t *value = ti_path_find(&selection->path, claims, NULL);

        if (value != NULL && !is_taken(dir, selection->variable)) {
            emit_or_skip(r, outlet, selection->variable,
                         mai_shape_text(dir, claims, value, r->pool));
        }
    }
}

static void emit_shaped(request_rec *r, const mai_outlet_t *outlet,
                        const mai_dir_t *dir, const ti_claims_t *claims)
{
    const ti_value_t *value = ti_claims_entries(claims);
    const ti_value_t *end = value + claims->entries;

    for (; value != end; value++) {
        const char *name = ti_claims_variable(claims, value);

        if (name == NULL || value->type == TI_NULL) {
            continue;
        }
        name += TI_CLAIMS_PREFIX_LENGTH;
        if (!is_taken(dir, name)) {
            emit_or_skip(r, outlet, name,
                         mai_shape_text(dir, claims, value, r->pool));
        }
    }
}

/* A claim of this name would be taken for the whole answer. */
static int is_taken(const mai_dir_t *dir, const char *variable)
{
    return dir->export_json == TI_SWITCH_ON &&
           apr_cstr_casecmp(variable, WHOLE) == 0;
}

static void emit_or_skip(request_rec *r, const mai_outlet_t *outlet,
                         const char *variable, const char *text)
{
    if (text != NULL) {
        emit(outlet, variable, text);
    } else {
        log_skipped(r, variable);
    }
}

/* Added, not set: what was there has been cleared, and apr_table_set would
 * compare with every earlier one. */
static void emit(const mai_outlet_t *outlet, const char *variable,
                 const char *text)
{
    apr_size_t size = strlen(variable) + 1;
    char *name = apr_palloc(outlet->p, outlet->length + size);
    char *c = name + outlet->length;

    memcpy(name, outlet->prefix, outlet->length);
    memcpy(c, variable, size);
    for (; outlet->header && *c != '\0'; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    apr_table_addn(outlet->table, name, text);
}

static void log_skipped(request_rec *r, const char *name)
{
    ti_log_t log;

    mai_report_request(&log, r);
    ti_log(&log, TI_LOG_INFO, TI_MSG_EXPORT_SKIPPED,
           "Left out %s: its value is longer than %d bytes, or a list "
           "that cannot have the delimiters of IntrospectExportLists",
           name, TI_CLAIMS_EXPORT_MAX);
}
