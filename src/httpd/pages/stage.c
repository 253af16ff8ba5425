/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/stage.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_main.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_vhost.h>
#include <util_filter.h>

#include "base/recent.h"
#include "context/connection.h"
#include "context/visit.h"

/* Bytes of a method's name. */
#define METHOD_MAX 24

static const char *split(apr_uri_t *uri, const mai_attempt_t *attempt,
                         apr_pool_t *p);
static int is_method(const char *text);
static request_rec *make(request_rec *page, const mai_attempt_t *attempt);
static int find_host(request_rec *stage, const apr_uri_t *uri);
static int has_port(const server_rec *s, const request_rec *stage,
                    apr_port_t port);
static void take_token(request_rec *stage, const mai_attempt_t *attempt);
static request_rec *look_up(request_rec *stage, const char *path);

request_rec *mai_stage_look_up(const char **why, request_rec *page,
                               const mai_attempt_t *attempt)
{
    ti_recent_t *recent = mai_connection_recent(page);
    ti_recent_t before = {0};
    request_rec *stage;
    request_rec *found;
    apr_uri_t uri;

    *why = split(&uri, attempt, page->pool);
    if (*why != NULL) {
        return NULL;
    }
    stage = make(page, attempt);
    if (uri.hostname != NULL && !find_host(stage, &uri)) {
        *why = "no virtual host of this httpd serves that URL";
        apr_pool_destroy(stage->pool);
        return NULL;
    }
    take_token(stage, attempt);
    if (recent != NULL) {
        before = *recent; /* the connection's token is not the one tried */
    }
    found = look_up(
        stage, apr_uri_unparse(page->pool, &uri, APR_URI_UNP_OMITSITEPART));
    if (recent != NULL) {
        *recent = before;
    }
    return found;
}

void mai_stage_end(request_rec *looked_up)
{
    apr_pool_destroy(looked_up->main->pool);
}

/* NULL, or what is wrong with what was asked for. */
static const char *split(apr_uri_t *uri, const mai_attempt_t *attempt,
                         apr_pool_t *p)
{
    const char *at;

    for (at = attempt->target; *at != '\0'; at++) {
        if (apr_iscntrl(*at) || apr_isspace(*at)) {
            return "a path has no spaces and no control characters";
        }
    }
    if (!is_method(attempt->method)) {
        return "that is not a method";
    }
    if (apr_uri_parse(p, attempt->target, uri) != APR_SUCCESS ||
        (uri->hostname == NULL && *attempt->target != '/') ||
        uri->user != NULL) {
        return "write a path, such as /api, or a URL of this httpd";
    }
    if (uri->path == NULL || *uri->path == '\0') {
        uri->path = apr_pstrdup(p, "/");
    }
    return NULL;
}

static int is_method(const char *text)
{
    apr_size_t i = 0;

    while (apr_isupper(text[i])) {
        i++;
    }
    return i > 0 && i < METHOD_MAX && text[i] == '\0';
}

/* As httpd makes a request that a client sends, without anything of the
 * page's: what belongs to a connection alone is taken over. */
static request_rec *make(request_rec *page, const mai_attempt_t *attempt)
{
    apr_pool_t *p;
    request_rec *stage;

    apr_pool_create(&p, page->pool);
    apr_pool_tag(p, "introspect-stage");
    stage = apr_pcalloc(p, sizeof(*stage));
    stage->pool = p;
    stage->connection = page->connection;
    stage->server = page->server;
    stage->log = page->log;
    stage->log_id = page->log_id;
    stage->hostname = page->hostname;
    stage->request_time = apr_time_now();
    stage->useragent_addr = page->useragent_addr;
    stage->useragent_ip = page->useragent_ip;
    stage->allowed_methods = ap_make_method_list(p, 2);
    stage->headers_in = apr_table_make(p, 4);
    stage->trailers_in = apr_table_make(p, 1);
    stage->subprocess_env = apr_table_make(p, 8);
    stage->headers_out = apr_table_make(p, 4);
    stage->err_headers_out = apr_table_make(p, 4);
    stage->trailers_out = apr_table_make(p, 1);
    stage->notes = apr_table_make(p, 4);
    stage->request_config = ap_create_request_config(p);
    stage->proto_output_filters = page->connection->output_filters;
    stage->output_filters = stage->proto_output_filters;
    stage->proto_input_filters = page->connection->input_filters;
    stage->input_filters = stage->proto_input_filters;
    stage->method = "GET";
    stage->method_number = M_GET;
    stage->protocol = apr_pstrdup(p, "HTTP/1.1");
    stage->proto_num = HTTP_VERSION(1, 1);
    stage->uri = apr_pstrdup(p, "/");
    stage->unparsed_uri = stage->uri;
    stage->the_request = apr_pstrcat(p, attempt->method, " / HTTP/1.1", NULL);
    stage->status = HTTP_OK;
    stage->per_dir_config = stage->server->lookup_defaults;
    stage->used_path_info = AP_REQ_DEFAULT_PATH_INFO;
    ap_run_create_request(stage);
    apr_table_setn(stage->headers_in, "Host",
                   page->hostname != NULL ? page->hostname : "localhost");
    return stage;
}

/* The virtual host that serves this URL. Zero: there is none. */
static int find_host(request_rec *stage, const apr_uri_t *uri)
{
    apr_port_t port =
        uri->port != 0 ? uri->port : apr_uri_port_of_scheme(uri->scheme);
    server_rec *s;

    for (s = ap_server_conf; s != NULL; s = s->next) {
        stage->server = s;
        if (has_port(s, stage, port) &&
            ap_matches_request_vhost(stage, uri->hostname, s->port)) {
            stage->hostname = apr_pstrdup(stage->pool, uri->hostname);
            stage->per_dir_config = s->lookup_defaults;
            apr_table_setn(stage->headers_in, "Host", stage->hostname);
            return 1;
        }
    }
    return 0;
}

/* A name without a port stands for those of the addresses. */
static int has_port(const server_rec *s, const request_rec *stage,
                    apr_port_t port)
{
    const server_addr_rec *address = s->is_virtual ? s->addrs : NULL;

    while (address != NULL && address->host_port != 0 &&
           address->host_port != port) {
        address = address->next;
    }
    return address != NULL ||
           (!s->is_virtual &&
            (s->port == port || stage->connection->local_addr->port == port));
}

/* As the token of the visit it counts wherever a place takes tokens from. */
static void take_token(request_rec *stage, const mai_attempt_t *attempt)
{
    mai_visit_t *visit = mai_visit_enter(stage)->visit;
    const char *header =
        apr_pstrcat(stage->pool, "Bearer ", attempt->token, NULL);

    if (attempt->by_password) {
        header = apr_pstrcat(
            stage->pool, "Basic ",
            ap_pbase64encode(stage->pool, apr_pstrcat(stage->pool, "token:",
                                                      attempt->token, NULL)),
            NULL);
    }
    apr_table_setn(stage->headers_in, "Authorization", header);
    visit->is_trial = 1;
    visit->token = apr_pstrdup(stage->pool, attempt->token);
}

/* httpd lets a sub-request be what its main request is where both have one
 * configuration: this one's is nobody else's. */
static request_rec *look_up(request_rec *stage, const char *path)
{
    const char *line = stage->the_request;
    const char *method = apr_pstrmemdup(stage->pool, line, strcspn(line, " "));

    stage->per_dir_config =
        ap_merge_per_dir_configs(stage->pool, stage->server->lookup_defaults,
                                 ap_create_per_dir_config(stage->pool));
    return ap_sub_req_method_uri(method, path, stage, NULL);
}
