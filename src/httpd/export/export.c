/* SPDX-License-Identifier: Apache-2.0 */
#include "export/export.h"

#include <string.h>

#include <apr_strings.h>

#include "claims/claims.h"
#include "config/prefix.h"
#include "export/outlet.h"
#include "export/scrub.h"
#include "token/credentials.h"
#include "token/source.h"
#include "context/visit.h"
#include "export/vouchers.h"

/* What is in a request's variables and headers before we export. */
typedef struct earlier_t {
    const mai_step_t *variables; /* whose claims, or NULL */
    const mai_step_t *headers;
} earlier_t;

/* Prefixes of headers that some place emits; NULL: none does. Set at start. */
static const apr_array_header_t *header_prefixes;
static mai_scrub_t all_headers;

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
static const char *prefix_of(const mai_dir_t *dir);
static const char *header_prefix_of(const mai_dir_t *dir);
static int is_covered(const apr_array_header_t *prefixes, const char *prefix);

/* A request that continues another has its headers, and what we put there. */
int mai_export_clean(request_rec *r)
{
    if (header_prefixes != NULL && r->prev == NULL) {
        mai_scrub_headers(r, &all_headers);
    }
    return DECLINED;
}

int mai_export_clear(request_rec *r)
{
    const mai_dir_t *dir = mai_config_of(r);
    mai_scrub_t names = {{NULL}, NULL, 0, {0}};
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
    if (exports(dir, MAI_EXPORT_HEADER) &&
        (earlier.headers == NULL ||
         !is_same(header_prefix_of(dir),
                  header_prefix_of(earlier.headers->exported)))) {
        memset(&names, 0, sizeof(names));
        mai_scrub_add(&names, header_prefix_of(dir));
        mai_scrub_headers(r, &names);
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
    mai_outlet_t variables = {r->subprocess_env,   prefix, strlen(prefix), 0,
                              dir->prefix == NULL, r->pool};
    mai_scrub_t names = {{NULL}, NULL, 0, {0}};

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
    if (!exports(dir, MAI_EXPORT_ENV)) {
        return;
    }
    if (context->subject != MAI_SUBJECT_NONE) {
        apr_table_addn(r->subprocess_env, "INTROSPECT_SUBJECT_TYPE",
                       context->subject == MAI_SUBJECT_USER ? "user"
                                                            : "client");
    }
    mai_outlet_pour(r, &variables, dir, context->result.claims);
}

static void export_headers(request_rec *r, const mai_context_t *context,
                           const mai_step_t *before)
{
    const mai_dir_t *dir = mai_config_of(r);
    const char *prefix = header_prefix_of(dir);
    mai_outlet_t headers = {r->headers_in, prefix, strlen(prefix), 1, 0,
                            r->pool};
    mai_scrub_t names = {{NULL}, NULL, 0, {0}};

    if (before != NULL && exports(before->exported, MAI_EXPORT_HEADER)) {
        mai_scrub_add(&names, prefix);
        mai_scrub_add(&names, header_prefix_of(before->exported));
        mai_scrub_headers(r, &names);
    }
    if (exports(dir, MAI_EXPORT_HEADER)) {
        mai_outlet_pour(r, &headers, dir, context->result.claims);
    }
}

int mai_export_settle(request_rec *r)
{
    mai_step_t *step = mai_visit_step(r);

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
    mai_scrub_t names = {{NULL}, NULL, 0, {0}};

    r->user = NULL;
    r->ap_auth_type = NULL;
    if (earlier->variables != NULL) {
        mai_scrub_add(&names, MAI_PREFIX_OURS);
        mai_scrub_add(&names, earlier->variables->exported->prefix);
        mai_scrub_table(r->subprocess_env, &names, r->pool);
    }
    if (earlier->headers != NULL &&
        exports(earlier->headers->exported, MAI_EXPORT_HEADER)) {
        memset(&names, 0, sizeof(names));
        mai_scrub_add(&names, header_prefix_of(earlier->headers->exported));
        mai_scrub_headers(r, &names);
    }
    step->exported = mai_config_of(r);
    step->claims = NULL;
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
        if (dir->header_prefix != NULL &&
            !is_covered(prefixes, dir->header_prefix)) {
            APR_ARRAY_PUSH(prefixes, const char *) = dir->header_prefix;
        }
    }
    header_prefixes = emitted ? prefixes : NULL;
    memset(&all_headers, 0, sizeof(all_headers));
    mai_scrub_list(&all_headers, prefixes);
}

/* Is another there already that it begins with? */
static int is_covered(const apr_array_header_t *prefixes, const char *prefix)
{
    int i = 0;

    while (i < prefixes->nelts &&
           !mai_prefix_of(prefix, APR_ARRAY_IDX(prefixes, i, const char *))) {
        i++;
    }
    return i < prefixes->nelts;
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
