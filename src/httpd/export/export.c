/* SPDX-License-Identifier: Apache-2.0 */
#include "export/export.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/claims.h"
#include "config/prefix.h"
#include "context/visit.h"
#include "export/headers.h"
#include "export/outlet.h"
#include "export/scrub.h"
#include "export/vouchers.h"
#include "token/credentials.h"
#include "token/source.h"

/* What is in a request's variables and headers before we export. */
typedef struct earlier_t {
    const mai_step_t *variables; /* whose claims, or NULL */
    const mai_step_t *headers;
} earlier_t;

static void look_back(earlier_t *earlier, const request_rec *r);
static int is_as_before(const mai_step_t *before, const mai_dir_t *dir,
                        const ti_claims_t *claims);
static int is_same(const char *one, const char *other);
static void export_variables(request_rec *r, const mai_context_t *context,
                             const mai_step_t *before);
static void export_headers(request_rec *r, const mai_context_t *context,
                           const mai_step_t *before);
static void replaced(request_rec *r, mai_step_t *step);
static void withdraw(request_rec *r, mai_step_t *step,
                     const earlier_t *earlier);
static int exports(const mai_dir_t *dir, mai_export_t what);
static void export_signed(request_rec *r, const mai_context_t *context,
                          int is_header);
static const char *prefix_of(const mai_dir_t *dir);

int mai_export_clear(request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    mai_scrub_t names = {{NULL}, NULL, 0, 0, 0};
    earlier_t earlier;

    if (!dir->touched) {
        return DECLINED;
    }
    look_back(&earlier, r);
    if (earlier.variables == NULL) {
        mai_scrub_add(&names, MAI_PREFIX_OURS);
        mai_scrub_add(&names, dir->prefix);
        mai_scrub_table(r->subprocess_env, &names, r->pool);
    }
    if (mai_headers_emitted(dir) &&
        (earlier.headers == NULL ||
         !mai_headers_same(dir, earlier.headers->exported))) {
        mai_headers_scrub(r, dir, NULL);
    }
    return DECLINED;
}

void mai_export_claims(request_rec *r, const mai_context_t *context)
{
    mai_step_t *step = mai_visit_enter(r);
    const mai_dir_t *dir = mai_config_of(r);
    const ti_claims_t *claims = context->result.claims;
    earlier_t earlier;

    look_back(&earlier, r);
    if (!is_as_before(earlier.variables, dir, claims)) {
        export_variables(r, context, earlier.variables);
    }
    if (!is_as_before(earlier.headers, dir, claims)) {
        export_headers(r, context, earlier.headers);
    }
    step->exported = dir;
    step->claims = claims;
}

/* A sub-request begins with its main request's variables and headers, a
 * redirect with the headers alone: httpd renames the variables. */
static void look_back(earlier_t *earlier, const request_rec *r)
{
    int renamed = 0;

    earlier->variables = NULL;
    earlier->headers = NULL;
    while (r != NULL && earlier->headers == NULL) {
        const mai_step_t *step = mai_visit_step(r);

        if (step != NULL && step->exported != NULL) {
            earlier->variables = renamed ? NULL : step;
            earlier->headers = step;
        }
        renamed = renamed || r->prev != NULL;
        r = mai_visit_origin(r);
    }
}

/* Would the same names get the same values? Where nothing has been exported
 * yet, nothing is as before. */
static int is_as_before(const mai_step_t *before, const mai_dir_t *dir,
                        const ti_claims_t *claims)
{
    const mai_dir_t *was = before != NULL ? before->exported : NULL;

    return was != NULL && before->claims == claims &&
           (was == dir ||
            (was->named == dir->named && was->export == dir->export &&
             was->export_claims == dir->export_claims &&
             was->export_json == dir->export_json &&
             was->export_signed == dir->export_signed &&
             was->encoding == dir->encoding &&
             is_same(was->export_lists, dir->export_lists) &&
             is_same(was->prefix, dir->prefix)));
}

static int is_same(const char *one, const char *other)
{
    return one == other ||
           (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static void export_variables(request_rec *r, const mai_context_t *context,
                             const mai_step_t *before)
{
    const mai_dir_t *dir = mai_config_of(r);
    const char *prefix = prefix_of(dir);
    mai_outlet_t variables = {r->subprocess_env,
                              prefix,
                              strlen(prefix),
                              0,
                              dir->prefix == NULL,
                              dir->names != NULL ? dir->names->variables : NULL,
                              r->pool};
    mai_scrub_t names = {{NULL}, NULL, 0, 0, 0};

    if (before != NULL) {
        mai_scrub_add(&names, MAI_PREFIX_OURS);
        mai_scrub_add(&names, dir->prefix);
        mai_scrub_add(&names, before->exported->prefix);
        mai_scrub_table(r->subprocess_env, &names, r->pool);
    }
    if (context->result.source == TI_SOURCE_STALE) {
        apr_table_addn(r->subprocess_env, "INTROSPECT_STALE", "1");
    }
    if (context->server != NULL && context->server->name != NULL) {
        apr_table_addn(r->subprocess_env, "INTROSPECT_SERVER",
                       context->server->name);
    }
    if (dir->export_signed != NULL) {
        export_signed(r, context, 0);
    }
    if (!exports(dir, MAI_EXPORT_ENV)) {
        return;
    }
    if (context->subject != MAI_SUBJECT_NONE) {
        apr_table_addn(r->subprocess_env, "INTROSPECT_SUBJECT_TYPE",
                       context->subject == MAI_SUBJECT_USER ? "user"
                                                            : "client");
    }
    mai_outlet_emit(r, &variables, dir, context->result.claims);
}

static void export_headers(request_rec *r, const mai_context_t *context,
                           const mai_step_t *before)
{
    const mai_dir_t *dir = mai_config_of(r);
    const char *prefix = mai_headers_prefix(dir);
    mai_outlet_t headers = {
        r->headers_in,          prefix, strlen(prefix), 1, 0,
        mai_headers_names(dir), r->pool};

    if (before != NULL && mai_headers_emitted(before->exported)) {
        mai_headers_scrub(r, dir, before->exported);
    }
    if (dir->export_signed != NULL) {
        export_signed(r, context, 1);
    }
    if (exports(dir, MAI_EXPORT_HEADER)) {
        mai_outlet_emit(r, &headers, dir, context->result.claims);
    }
}

/* Where the place has it, and the answer was signed. */
static void export_signed(request_rec *r, const mai_context_t *context,
                          int is_header)
{
    const mai_signed_export_t *export = mai_config_of(r)->export_signed;

    if (export->name != NULL && export->is_header == is_header) {
        mai_outlet_signed(r, export->name, is_header, context->result.claims);
    }
}

int mai_export_settle(request_rec *r)
{
    mai_step_t *step = mai_visit_step(r);

    if (step != NULL && step->place == r->per_dir_config && r->prev == NULL) {
        return DECLINED; /* nearly always */
    }
    if (step != NULL && step->place != r->per_dir_config) {
        replaced(r, step);
    } else if (r->prev != NULL && mai_context_of(r) == NULL &&
               mai_context_inherit(r)) {
        mai_export_clear(r);
        mai_export_claims(r, mai_context_of(r));
    }
    return DECLINED;
}

/* httpd has laid the sub-request's variables over this one's, and left this
 * one's headers as they were. */
static void replaced(request_rec *r, mai_step_t *step)
{
    const mai_context_t *before = step->context;
    earlier_t earlier;

    mai_credentials_settle(r);
    mai_source_take(r);
    look_back(&earlier, r);
    if (!mai_context_replace(r)) {
        if (before != NULL && before->result.verdict == TI_GRANTED &&
            !mai_vouchers_trusted(mai_config_of(r), before->server)) {
            withdraw(r, step, &earlier);
        }
        return;
    }
    if (step->exported == NULL) {
        step->exported = earlier.headers != NULL ? earlier.headers->exported
                                                 : mai_config_of(r);
    }
    mai_export_claims(r, mai_context_of(r));
}

/* Nobody was authenticated at the place that it is at now, and that one does
 * not trust who named the user: there is none. */
static void withdraw(request_rec *r, mai_step_t *step, const earlier_t *earlier)
{
    mai_scrub_t names = {{NULL}, NULL, 0, 0, 0};

    r->user = NULL;
    r->ap_auth_type = NULL;
    if (earlier->variables != NULL) {
        mai_scrub_add(&names, MAI_PREFIX_OURS);
        mai_scrub_add(&names, earlier->variables->exported->prefix);
        mai_scrub_table(r->subprocess_env, &names, r->pool);
    }
    if (earlier->headers != NULL &&
        mai_headers_emitted(earlier->headers->exported)) {
        mai_headers_scrub(r, earlier->headers->exported, NULL);
    }
    step->exported = mai_config_of(r);
    step->claims = NULL;
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
