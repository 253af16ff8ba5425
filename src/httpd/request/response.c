/* SPDX-License-Identifier: Apache-2.0 */
#include "request/response.h"

#include <util_filter.h>

#include "context/visit.h"
#include "token/source.h"

/* Right before mod_cache's filters: behind mod_headers and what else may set
 * Cache-Control for a client's request, before the end of a sub-request. */
#define PLACE AP_FTYPE_CONTENT_SET
#define PLACE_LOOKUP (AP_FTYPE_CONTENT_SET - 2)

static ap_filter_rec_t *watcher;
static ap_filter_rec_t *lookup_watcher;
static int has_cache;
static int is_needed; /* a cache or tokens in queries are there */

static const mai_step_t *step_of(const request_rec *r);
static apr_status_t look(ap_filter_t *filter, apr_bucket_brigade *brigade);
static void make_private(request_rec *r);
static int may_be_kept(request_rec *r);
static int says(request_rec *r, const char *word);
static int table_says(apr_table_t *headers, const char *word, apr_pool_t *p);

void mai_response_register(void)
{
    watcher = ap_register_output_filter("INTROSPECT_WATCH", look, NULL, PLACE);
    lookup_watcher = ap_register_output_filter("INTROSPECT_WATCH_LOOKUP", look,
                                               NULL, PLACE_LOOKUP);
}

void mai_response_learn(void)
{
    has_cache = ap_get_output_filter_handle("CACHE_SAVE") != NULL;
    is_needed = has_cache || mai_source_by_query();
}

void mai_response_watch(request_rec *r)
{
    const mai_step_t *step = is_needed ? step_of(r) : NULL;

    if (step != NULL &&
        (step->hidden || step->visit->authenticated || step->visit->uncached)) {
        ap_add_output_filter_handle(r->main == NULL ? watcher : lookup_watcher,
                                    NULL, r, r->connection);
    }
}

void mai_response_part(request_rec *r)
{
    request_rec *page = r->main;

    if (!has_cache || mai_visit_step(r)->visit->authenticated) {
        return;
    }
    for (; page != NULL; page = page->main) {
        page->no_cache = 1;
    }
}

static const mai_step_t *step_of(const request_rec *r)
{
    const mai_step_t *step = NULL;

    while (r != NULL && step == NULL) {
        step = mai_visit_step(r);
        r = mai_visit_origin(r);
    }
    return step;
}

static apr_status_t look(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    request_rec *r = filter->r;
    const mai_step_t *step = step_of(r);

    if (step != NULL && step->visit->by_query) {
        make_private(r);
    }
    if (!may_be_kept(r) || (step != NULL && step->visit->uncached)) {
        apr_table_setn(r->subprocess_env, "no-cache", "1");
    }
    ap_remove_output_filter(filter);
    return ap_pass_brigade(filter->next, brigade);
}

static void make_private(request_rec *r)
{
    if (may_be_kept(r)) {
        apr_table_unset(r->headers_out, "Cache-Control");
        apr_table_setn(r->err_headers_out, "Cache-Control", "private");
    }
    apr_table_unset(r->headers_out, "Referrer-Policy");
    apr_table_setn(r->err_headers_out, "Referrer-Policy", "no-referrer");
}

static int may_be_kept(request_rec *r)
{
    return says(r, "public") || says(r, "s-maxage") ||
           says(r, "must-revalidate");
}

static int says(request_rec *r, const char *word)
{
    return table_says(r->headers_out, word, r->pool) ||
           table_says(r->err_headers_out, word, r->pool);
}

static int table_says(apr_table_t *headers, const char *word, apr_pool_t *p)
{
    const char *value = apr_table_getm(p, headers, "Cache-Control");

    return value != NULL && ap_find_token(p, value, word);
}
