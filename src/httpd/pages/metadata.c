/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/metadata.h"

#include <string.h>

#include <apr_strings.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include "base/messages.h"
#include "config/config.h"
#include "config/resource.h"
#include "module.h"
#include "pages/text.h"

APLOG_USE_MODULE(auth_introspect);

#define MAX_AGE "max-age=3600"

/* One document at one path of one server. */
typedef struct document_t {
    const server_rec *s;
    const char *path;
    const char *text;
} document_t;

static apr_array_header_t *documents; /* of document_t; NULL: there is none */

static const char *document_of(const mai_dir_t *dir, apr_pool_t *p);
static const char *complaint_about(const mai_dir_t *dir, apr_pool_t *p);
static int is_visible(const mai_dir_t *dir, const server_rec *s,
                      const server_rec *main_server);
static void publish(const server_rec *s, const server_rec *main_server,
                    apr_pool_t *pconf);
static void enter(const server_rec *s, const char *path, const char *text);
static const char *find(const request_rec *r);
static int answer(request_rec *r, const char *text);

int mai_metadata_check(apr_pool_t *ptemp, server_rec *main_server)
{
    const apr_array_header_t *sections = mai_config_sections();
    int wrong = 0;
    int i;

    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *dir = APR_ARRAY_IDX(sections, i, const mai_dir_t *);
        const char *complaint =
            dir->resource != NULL ? complaint_about(dir, ptemp) : NULL;

        if (complaint != NULL) {
            ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, main_server,
                         "MAI%04d: The resource of %s cannot be published: %s",
                         TI_MSG_START_REFUSED, dir->resource->where, complaint);
            wrong++;
        }
    }
    return wrong;
}

void mai_metadata_learn(apr_pool_t *pconf, server_rec *main_server)
{
    const server_rec *s;

    documents = apr_array_make(pconf, 4, sizeof(document_t));
    for (s = main_server; s != NULL; s = s->next) {
        publish(s, main_server, pconf);
    }
    if (documents->nelts == 0) {
        documents = NULL;
    }
}

int mai_metadata_serve(request_rec *r, int lookup)
{
    const char *text;

    if (documents == NULL || lookup ||
        strncmp(r->uri, MAI_RESOURCE_PLACE, sizeof(MAI_RESOURCE_PLACE) - 1) !=
            0) {
        return DECLINED;
    }
    text = find(r);
    return text != NULL ? answer(r, text) : DECLINED;
}

static const char *document_of(const mai_dir_t *dir, apr_pool_t *p)
{
    const mai_dir_t *defaults = mai_config_defaults(dir->resource->s);
    const char *issuer = dir->issuer;

    if (issuer == NULL) {
        issuer = defaults->issuer;
    }
    return mai_resource_document(
        dir->resource,
        dir->carriers != NULL ? dir->carriers : defaults->carriers, issuer, p);
}

static const char *complaint_about(const mai_dir_t *dir, apr_pool_t *p)
{
    const apr_array_header_t *sections = mai_config_sections();
    const mai_resource_t *resource = dir->resource;
    const char *document;
    int i;

    if (resource->url == NULL) {
        return "write 'IntrospectResource URL' with the directives that "
               "describe it";
    }
    document = document_of(dir, p);
    if (document == NULL) {
        return "clients need to know where to get a token: write "
               "'IntrospectResourceServers ISSUER', or IntrospectIssuer";
    }
    for (i = 0; i < sections->nelts; i++) {
        const mai_dir_t *other = APR_ARRAY_IDX(sections, i, const mai_dir_t *);

        if (other->resource == NULL || other->resource == resource ||
            other->resource->url == NULL || other->resource->s != resource->s) {
            continue;
        }
        if (strcmp(other->resource->path, resource->path) == 0 &&
            document_of(other, p) != NULL &&
            strcmp(document_of(other, p), document) != 0) {
            return apr_psprintf(
                p,
                "that of %s has the same place and another text: give one of "
                "them another URL, or both the same text",
                other->resource->where);
        }
        if (resource->is_root && other->resource->is_root) {
            return apr_psprintf(p,
                                "that of %s is marked as root, too: remove the "
                                "word from one of them",
                                other->resource->where);
        }
    }
    return NULL;
}

/* Sections outside of virtual hosts are everybody's. */
static int is_visible(const mai_dir_t *dir, const server_rec *s,
                      const server_rec *main_server)
{
    return dir->resource != NULL &&
           (dir->resource->s == s || dir->resource->s == main_server);
}

/* The documents of one server; its own come first. At the root place the one
 * that is marked, or the only one. */
static void publish(const server_rec *s, const server_rec *main_server,
                    apr_pool_t *pconf)
{
    const apr_array_header_t *sections = mai_config_sections();
    const mai_dir_t *root = NULL;
    const char *only = NULL;
    int several = 0;
    int own;
    int i;

    for (own = 1; own >= 0; own--) {
        for (i = 0; i < sections->nelts; i++) {
            const mai_dir_t *dir =
                APR_ARRAY_IDX(sections, i, const mai_dir_t *);

            if (!is_visible(dir, s, main_server) ||
                (dir->resource->s == s) != own) {
                continue;
            }
            enter(s, dir->resource->path, document_of(dir, pconf));
            several = several ||
                      (only != NULL && strcmp(only, dir->resource->url) != 0);
            only = dir->resource->url;
            if (root == NULL ||
                (!root->resource->is_root && dir->resource->is_root)) {
                root = dir;
            }
        }
    }
    if (root != NULL && (root->resource->is_root || !several)) {
        enter(s, MAI_RESOURCE_PLACE, document_of(root, pconf));
    }
}

static void enter(const server_rec *s, const char *path, const char *text)
{
    document_t *document = apr_array_push(documents);

    document->s = s;
    document->path = path;
    document->text = text;
}

static const char *find(const request_rec *r)
{
    apr_size_t length = strlen(r->uri);
    int i;

    /* also as clients write it that keep a slash of the resource */
    while (length > 0 && r->uri[length - 1] == '/') {
        length--;
    }
    for (i = 0; i < documents->nelts; i++) {
        const document_t *document = &APR_ARRAY_IDX(documents, i, document_t);

        if (document->s == r->server && strlen(document->path) == length &&
            memcmp(document->path, r->uri, length) == 0) {
            return document->text;
        }
    }
    return NULL;
}

/* Any page may read it: there are no secrets, and nothing depends on who
 * asks. Clients send MCP-Protocol-Version, so browsers make a preflight. */
static int answer(request_rec *r, const char *text)
{
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, M_OPTIONS, -1);
    apr_table_setn(r->err_headers_out, "Access-Control-Allow-Origin", "*");
    if (r->method_number == M_OPTIONS) {
        apr_table_setn(r->headers_out, "Access-Control-Allow-Methods",
                       "GET, HEAD, OPTIONS");
        apr_table_setn(r->headers_out, "Access-Control-Allow-Headers", "*");
        apr_table_setn(r->headers_out, "Access-Control-Max-Age", "3600");
        r->status = HTTP_NO_CONTENT;
        return OK;
    }
    if (r->method_number != M_GET) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    apr_table_setn(r->headers_out, "Cache-Control", MAX_AGE);
    return mai_text_send(r, "application/json", text);
}
