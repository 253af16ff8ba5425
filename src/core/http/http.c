/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "base/control.h"
#include "http/address.h"
#include "http/call.h"
#include "http/failure.h"
#include "http/network.h"

static apr_status_t exchange(ti_http_t *http, ti_http_response_t *response,
                             const ti_http_request_t *request, apr_pool_t *p);
static const char *complaint_of(const ti_http_request_t *request);
static apr_uint64_t hash_of(const ti_http_request_t *request, apr_pool_t *p);
static int is_exhausted(const ti_http_response_t *response);
static void fill_response(ti_http_response_t *response, const ti_call_t *call);
static void fill_figures(ti_http_response_t *response, const ti_call_t *call);

apr_status_t ti_http_create(ti_http_t **http, int idle_max, apr_pool_t *p)
{
    ti_http_t *client = apr_pcalloc(p, sizeof(*client));
    ti_network_t *network;
    apr_status_t rv = ti_network_create(&network, idle_max, p);

    client->exchange = exchange;
    client->self = network;
    *http = rv == APR_SUCCESS ? client : NULL;
    return rv;
}

const char *ti_http_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}

void ti_http_sweep(ti_http_t *http, int all)
{
    ti_network_sweep(http->self, all);
}

void ti_http_abort(ti_http_t *http)
{
    ti_network_abort(http->self);
}

static apr_status_t exchange(ti_http_t *http, ti_http_response_t *response,
                             const ti_http_request_t *request, apr_pool_t *p)
{
    const char *complaint = complaint_of(request);
    apr_uint64_t hash;
    ti_call_t call;

    memset(response, 0, sizeof(*response));
    response->type = "";
    response->body = "";
    if (complaint != NULL) {
        response->failure = TI_HTTP_INTERNAL;
        response->reason = complaint;
        return APR_EINVAL;
    }

    memset(&call, 0, sizeof(call));
    call.network = http->self;
    call.request = request;
    call.p = p;
    ti_reading_open(&call.reading, request->size_max, apr_time_now(), p);
    hash = hash_of(request, p);

    call.curl = ti_network_take(call.network, hash);
    ti_call_run(&call);
    fill_response(response, &call);
    if (response->failure == TI_HTTP_CONNECT ||
        (response->failure == TI_HTTP_TIMEOUT &&
         call.stage == TI_STAGE_CONNECTING)) {
        ti_network_doubt(call.network); /* or it has moved */
    }
    ti_network_give(call.network, hash, call.curl,
                    response->failure == TI_HTTP_OK && hash != 0);
    ti_call_forget(&call);
    return response->failure == TI_HTTP_OK ? APR_SUCCESS : APR_EGENERAL;
}

/* NULL, or why this request is not sent. */
static const char *complaint_of(const ti_http_request_t *request)
{
    const char *const values[] = {request->authorization, request->accept,
                                  request->trace};
    const char *url = ti_address_url(request->url);
    int i;

    if (request->timeout <= 0 || request->connect_timeout <= 0) {
        return "a request without a timeout is refused";
    }
    if (strncasecmp(url, "http://", 7) != 0 &&
        strncasecmp(url, "https://", 8) != 0) {
        return "the URL is neither https nor http";
    }
    for (i = 0; i < 3; i++) {
        if (ti_control_in(values[i])) {
            return "the value of a header contains a control character";
        }
    }
    for (i = 0; request->headers != NULL && i < request->headers->nelts; i++) {
        if (ti_control_in(
                APR_ARRAY_IDX(request->headers, i, ti_header_t).value)) {
            return "the value of a header contains a control character";
        }
    }
    return NULL;
}

/* Which connections may serve this request: same origin, same route. The route
 * by a digest, for curl does not compare the proxy's login; the origin by a
 * plain hash, for curl compares that itself. 0: none may. */
static apr_uint64_t hash_of(const ti_http_request_t *request, apr_pool_t *p)
{
    static const ti_route_t direct;
    const ti_route_t *route = request->route != NULL ? request->route : &direct;
    apr_uint64_t way = route->hash != 0 ? route->hash : ti_route_hash(route, p);
    const char *host = strstr(request->url, "://") + 3;
    apr_ssize_t origin =
        (apr_ssize_t)(host - request->url) + (apr_ssize_t)strcspn(host, "/?#");

    return way != 0 ? way ^ apr_hashfunc_default(request->url, &origin) : 0;
}

/* Was nothing sent because we have no descriptor? Neither curl nor a resolver
 * tells that from a server that cannot be found or connected to. */
static int is_exhausted(const ti_http_response_t *response)
{
    int descriptor;

    if (response->failure == TI_HTTP_OK || response->sent) {
        return 0;
    }
    descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0) {
        close(descriptor);
        return 0;
    }
    return errno == EMFILE || errno == ENFILE;
}

/* Fill the response while the handle still knows. */
static void fill_response(ti_http_response_t *response, const ti_call_t *call)
{
    ti_failure_t failure = {0};

    failure.handle = call->curl;
    failure.code = call->code;
    failure.words = call->words;
    failure.addresses = call->addresses;
    failure.excess = call->reading.excess;
    failure.stage = call->stage;
    failure.headed = ti_reading_headed(&call->reading);
    response->failure = ti_failure_kind(&failure);
    response->sent = call->sent > 0;
    response->stale = call->request->once && call->sent_kept && call->sent > 1;
    fill_figures(response, call);
    if (is_exhausted(response)) {
        response->failure = TI_HTTP_INTERNAL;
        response->reason = "could not do the exchange: no file descriptor is "
                           "left; raise the limit (ulimit -n, LimitNOFILE)";
        return;
    }
    if (response->failure != TI_HTTP_OK) {
        response->reason = ti_failure_sentence(&failure, call->p);
        return;
    }

    response->type = call->reading.type;
    response->retry_after = call->reading.retry_after;
    response->body = call->reading.body;
    response->length = call->reading.length;
}

static void fill_figures(ti_http_response_t *response, const ti_call_t *call)
{
    curl_off_t took = 0;
    long status = 0;

    if (call->curl == NULL ||
        curl_easy_getinfo(call->curl, CURLINFO_TOTAL_TIME_T, &took) ||
        curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &status)) {
        return;
    }
    response->took = took;
    if (response->failure == TI_HTTP_OK) {
        response->status = (int)status;
        response->reused = call->addresses[0] == '\0';
    }
}
