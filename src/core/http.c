/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <limits.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <curl/curl.h>

#include "reading.h"
#include "shelf.h"
#include "trouble.h"

/* A connection unused for this long may have been forgotten by a firewall,
 * which would cost the next call its whole time. */
#define IDLE_SECONDS 30L

/* How old an address may be, and a connection to it. */
#define ADDRESS_SECONDS 60L
#define CONNECTION_SECONDS 60L

/* How long closing waits for calls that were aborted: curl looks at the flag
 * once a second. */
#define CLOSING_MAX apr_time_from_sec(3)
#define CLOSING_STEP apr_time_from_msec(10)

/* Room for the addresses tried: some four, numeric, with their ports. */
#define ADDRESSES_SIZE 200

/* Set an option, unless an earlier one was refused. */
#define SET(call, option, value)                                               \
    ((call)->code = (call)->code != CURLE_OK                                   \
                        ? (call)->code                                         \
                        : curl_easy_setopt((call)->curl, (option), (value)))

/* The network of this process. Owns the idle handles on the shelf: each is a
 * CURL with at most one connection, used by one thread at a time. */
typedef struct network_t {
    ti_http_t door;
    ti_shelf_t *idle;
    CURLSH *share;
    apr_thread_mutex_t *locks[CURL_LOCK_DATA_LAST];
    int running; /* atomic: calls */
    int aborted; /* atomic */
} network_t;

/* One exchange while it lasts. */
typedef struct call_t {
    network_t *network;
    const ti_http_request_t *request;
    apr_pool_t *p;
    CURL *curl;
    CURLcode code; /* the first that was not CURLE_OK */
    struct curl_slist *headers;
    unsigned int label; /* of handles that may serve it */
    ti_reading_t reading;
    char words[CURL_ERROR_SIZE];
    char addresses[ADDRESSES_SIZE];
} call_t;

static apr_status_t exchange(ti_http_t *http, ti_http_answer_t *answer,
                             const ti_http_request_t *request, apr_pool_t *p);
static const char *complaint_of(const ti_http_request_t *request);
static void call_open(call_t *call);
static void call_tell(ti_http_answer_t *answer, const call_t *call);
static void call_close(call_t *call, int keep);
static void set_bounds(call_t *call);
static void set_request(call_t *call);
static void set_trust(call_t *call);
static void set_callbacks(call_t *call);
static void add_header(call_t *call, const char *name, const char *value);
static CURL *handle_take(network_t *network, unsigned int label);
static int handle_quiet(CURL *curl);
static unsigned int label_of(const call_t *call);
static ti_http_failure_t failure_of(const call_t *call);
static const char *reason_of(const call_t *call, ti_http_failure_t failure);
static ti_stage_t stage_of(const call_t *call);
static int is_reused(const call_t *call);
static curl_off_t number_of(const call_t *call, CURLINFO info);
static apr_status_t share_open(network_t *network, apr_pool_t *p);
static apr_status_t network_close(void *data);

apr_status_t ti_http_create(ti_http_t **http, int idle_max, apr_pool_t *p)
{
    network_t *network = apr_pcalloc(p, sizeof(*network));
    apr_status_t rv;

    *http = NULL;
    network->door.exchange = exchange;
    network->door.self = network;
    rv = ti_shelf_create(&network->idle, idle_max,
                         apr_time_from_sec(IDLE_SECONDS), p);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return APR_EGENERAL;
    }
    rv = share_open(network, p);
    apr_pool_cleanup_register(p, network, network_close,
                              apr_pool_cleanup_null);
    if (rv == APR_SUCCESS) {
        *http = &network->door;
    }
    return rv;
}

void ti_http_abort(ti_http_t *http)
{
    network_t *network = http->self;

    __atomic_store_n(&network->aborted, 1, __ATOMIC_RELEASE);
}

static apr_status_t exchange(ti_http_t *http, ti_http_answer_t *answer,
                             const ti_http_request_t *request, apr_pool_t *p)
{
    network_t *network = http->self;
    const char *complaint = complaint_of(request);
    call_t call;

    memset(answer, 0, sizeof(*answer));
    answer->type = "";
    answer->body = "";
    if (complaint != NULL) {
        answer->failure = TI_HTTP_INTERNAL;
        answer->reason = complaint;
        return APR_EINVAL;
    }

    memset(&call, 0, sizeof(call));
    call.network = network;
    call.request = request;
    call.p = p;
    ti_reading_open(&call.reading, request->size_max, apr_time_now(), p);
    __atomic_add_fetch(&network->running, 1, __ATOMIC_ACQ_REL);
    call_open(&call);
    if (call.code == CURLE_OK) {
        call.code = curl_easy_perform(call.curl);
    }
    call_tell(answer, &call);
    call_close(&call, answer->failure == TI_HTTP_OK);
    __atomic_sub_fetch(&network->running, 1, __ATOMIC_ACQ_REL);
    return answer->failure == TI_HTTP_OK ? APR_SUCCESS : APR_EGENERAL;
}

/* NULL, or why this request is not sent. */
static const char *complaint_of(const ti_http_request_t *request)
{
    const char *const values[] = {request->authorization, request->accept};
    const char *at;
    int i;

    if (request->timeout <= 0 || request->connect_timeout <= 0) {
        return "an exchange without a limit of time is refused";
    }
    if (strncasecmp(request->url, "http://", 7) != 0 &&
        strncasecmp(request->url, "https://", 8) != 0) {
        return "the URL is neither https nor http";
    }
    for (i = 0; i < 2; i++) {
        for (at = values[i]; at != NULL && *at != '\0'; at++) {
            if (apr_iscntrl(*at)) {
                return "a header's value contains a control character";
            }
        }
    }
    return NULL;
}

static void call_open(call_t *call)
{
    call->label = label_of(call);
    call->curl = handle_take(call->network, call->label);
    if (call->curl == NULL) {
        call->code = CURLE_OUT_OF_MEMORY;
        return;
    }

    SET(call, CURLOPT_SHARE, call->network->share);
    set_bounds(call);
    set_request(call);
    set_trust(call);
    set_callbacks(call);
}

/* Fill the answer, while the handle still knows. */
static void call_tell(ti_http_answer_t *answer, const call_t *call)
{
    answer->failure = failure_of(call);
    answer->took = number_of(call, CURLINFO_TOTAL_TIME_T);
    answer->reused = is_reused(call);
    if (answer->failure != TI_HTTP_OK) {
        answer->reason = reason_of(call, answer->failure);
        return;
    }
    answer->status = status_of(call);
    answer->type = call->reading.type;
    answer->retry_after = call->reading.retry_after;
    answer->body = call->reading.body;
    answer->length = call->reading.length;
}

/* Give the handle back if its connection lives, without a trace of the call;
 * wipe what held a secret. */
static void call_close(call_t *call, int keep)
{
    struct curl_slist *header;
    CURL *closing = call->curl;

    if (call->curl != NULL && keep && handle_quiet(call->curl)) {
        curl_easy_reset(call->curl);
        closing = ti_shelf_put(call->network->idle, call->label, call->curl,
                               apr_time_now());
    }
    curl_easy_cleanup(closing);
    for (header = call->headers; header != NULL; header = header->next) {
        explicit_bzero(header->data, strlen(header->data));
    }
    curl_slist_free_all(call->headers);
}
