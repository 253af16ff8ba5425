/* SPDX-License-Identifier: Apache-2.0 */
#include "reply/refusal.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <mod_core.h>
#include <util_filter.h>

#include "context/context.h"
#include "context/origin.h"
#include "reply/accept.h"

/* Of a request at a place that is not ours, where a part of it was refused. */
#define KEY "introspect-refusal"

static ap_filter_rec_t *headers_filter;
static ap_filter_rec_t *body_filter;

static const mai_refusal_t *refusal_of(request_rec *r);
static void write_headers(request_rec *r, const mai_refusal_t *refusal);
static int prefers_json(const request_rec *r);
static apr_status_t headers_out(ap_filter_t *f, apr_bucket_brigade *brigade);
static apr_status_t body_out(ap_filter_t *f, apr_bucket_brigade *brigade);
static const char *body_of(const mai_refusal_t *refusal, apr_pool_t *p);

void mai_refusal_register(void)
{
    /* before mod_headers, whose lines may change what is written */
    headers_filter = ap_register_output_filter(
        "INTROSPECT_REFUSAL", headers_out, NULL, AP_FTYPE_CONTENT_SET - 1);
    body_filter = ap_register_output_filter("INTROSPECT_REFUSAL_BODY", body_out,
                                            NULL, AP_FTYPE_RESOURCE);
}

apr_pool_t *mai_refusal_pool(const request_rec *r)
{
    while (r->main != NULL) {
        r = r->main;
    }
    return r->pool;
}

void mai_refusal_note(request_rec *r, const mai_refusal_t *refusal)
{
    mai_context_t *context = mai_context_of(r);

    if (context != NULL) {
        context->refusal = refusal;
    }
    /* a part's status can become the whole's, as DirectoryIndex does it */
    if (r->main != NULL) {
        apr_pool_userdata_setn(refusal, KEY, NULL, mai_refusal_pool(r));
    }
}

void mai_refusal_insert_error(request_rec *r)
{
    const mai_refusal_t *refusal = refusal_of(r);

    if (refusal == NULL) {
        return;
    }
    write_headers(r, refusal);
    if (ap_response_code_string(r, ap_index_of_response(r->status)) == NULL &&
        body_of(refusal, r->pool) != NULL && prefers_json(r)) {
        ap_add_output_filter_handle(body_filter, NULL, r, r->connection);
    }
}

void mai_refusal_insert(request_rec *r)
{
    if (r->prev != NULL && r->main == NULL) {
        ap_add_output_filter_handle(headers_filter, NULL, r, r->connection);
    }
}

/* The refusal that the response is about: this request's, or that of one whose
 * error document it is, or of a part of it. */
static const mai_refusal_t *refusal_of(request_rec *r)
{
    apr_pool_t *p = mai_refusal_pool(r);
    const request_rec *each = r;
    int status = r->status;
    void *part = NULL;

    do {
        const mai_context_t *context = mai_context_of(each);

        if (context != NULL && context->refusal != NULL &&
            context->refusal->status == status) {
            return context->refusal;
        }
        each = each->prev;
    } while (each != NULL);
    if (apr_pool_userdata_get(&part, KEY, p) != APR_SUCCESS || part == NULL ||
        ((mai_refusal_t *)part)->status != status) {
        return NULL;
    }
    return part;
}

static void write_headers(request_rec *r, const mai_refusal_t *refusal)
{
    if (refusal->bearer != NULL) {
        apr_table_unset(r->headers_out, "WWW-Authenticate");
        apr_table_setn(r->err_headers_out, "WWW-Authenticate", refusal->bearer);
    }
    if (refusal->basic != NULL) {
        apr_table_addn(r->err_headers_out, "WWW-Authenticate", refusal->basic);
    }
    if (refusal->origin != NULL) {
        mai_origin_expose(r, refusal->origin, refusal->credentials);
    }
    if (refusal->retry_after != NULL) {
        apr_table_setn(r->err_headers_out, "Retry-After", refusal->retry_after);
    }
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
}

static apr_status_t headers_out(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    const mai_refusal_t *refusal = refusal_of(f->r);
    ap_filter_t *next = f->next;

    if (refusal != NULL) {
        write_headers(f->r, refusal);
    }
    ap_remove_output_filter(f);
    return ap_pass_brigade(next, brigade);
}

/* Does this client name JSON, and HTML not, or less? */
static int prefers_json(const request_rec *r)
{
    return mai_accept_weight(r, "application/json") >
           mai_accept_weight(r, "text/html");
}

/* Our body in place of httpd's page, whatever that sends. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual" /* within APR's macros */
static apr_status_t body_out(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    const mai_refusal_t *refusal = refusal_of(f->r);
    const char *text = refusal != NULL ? body_of(refusal, f->r->pool) : NULL;
    ap_filter_t *next = f->next;

    if (text == NULL) {
        ap_remove_output_filter(f);
        return ap_pass_brigade(next, brigade);
    }
    if (f->ctx == NULL) {
        f->ctx = f;
        ap_set_content_type(f->r, "application/json");
        ap_set_content_length(f->r, (apr_off_t)strlen(text));
        apr_brigade_cleanup(brigade);
        apr_brigade_puts(brigade, NULL, NULL, text);
        APR_BRIGADE_INSERT_TAIL(brigade,
                                apr_bucket_eos_create(f->c->bucket_alloc));
        return ap_pass_brigade(next, brigade);
    }
    apr_brigade_cleanup(brigade);
    return APR_SUCCESS;
}
#pragma GCC diagnostic pop

/* RFC 6749 5.2's members, or JSON-RPC's; NULL: there is nothing to say. */
static const char *body_of(const mai_refusal_t *refusal, apr_pool_t *p)
{
    const char *error = refusal->error;
    const char *description = refusal->description;

    if (refusal->rpc_error != 0) {
        return apr_psprintf(p,
                            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{"
                            "\"code\":%d,\"message\":\"%s\"}}\n",
                            refusal->rpc_error, description);
    }
    if (description == NULL) {
        return error != NULL
                   ? apr_pstrcat(p, "{\"error\":\"", error, "\"}\n", NULL)
                   : NULL;
    }
    return error != NULL ? apr_pstrcat(p, "{\"error\":\"", error,
                                       "\",\"error_description\":\"",
                                       description, "\"}\n", NULL)
                         : apr_pstrcat(p, "{\"error_description\":\"",
                                       description, "\"}\n", NULL);
}
