/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <limits.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "network.h"
#include "reading.h"
#include "trouble.h"

/* How old an address may be, and a connection to it: so long after a change
 * of the DNS, at most twice this, we still go to the old place. */
#define ADDRESS_SECONDS 60L

/* Room for the addresses tried: some four, numeric, with their ports. */
#define ADDRESSES_SIZE 200

/* Set an option, unless an earlier one was refused. */
#define SET(call, option, value)                                               \
    ((call)->code = (call)->code != CURLE_OK                                   \
                        ? (call)->code                                         \
                        : curl_easy_setopt((call)->curl, (option), (value)))

/* One exchange while it lasts. */
typedef struct call_t {
    ti_network_t *network;
    const ti_http_request_t *request;
    apr_pool_t *p;
    CURL *curl;
    CURLcode code; /* the first that was not CURLE_OK */
    struct curl_slist *headers;
    ti_reading_t reading;
    char words[CURL_ERROR_SIZE];    /* curl's, when it failed */
    char addresses[ADDRESSES_SIZE]; /* that it tried to connect to */
} call_t;

static apr_status_t exchange(ti_http_t *http, ti_http_answer_t *answer,
                             const ti_http_request_t *request, apr_pool_t *p);
static const char *complaint_of(const ti_http_request_t *request);
static unsigned int label_of(const ti_http_request_t *request, apr_pool_t *p);
static void call_run(call_t *call);
static void call_tell(ti_http_answer_t *answer, const call_t *call);
static void tell_figures(ti_http_answer_t *answer, CURL *curl);
static void set_habits(call_t *call);
static void set_bounds(call_t *call);
static void set_request(call_t *call);
static void set_trust(call_t *call);
static void set_callbacks(call_t *call);
static void add_header(call_t *call, const char *name, const char *value);
static void forget_headers(call_t *call);
static long milliseconds(apr_interval_time_t time);
static size_t on_line(char *bytes, size_t one, size_t length, void *self);
static size_t on_piece(char *bytes, size_t one, size_t length, void *self);
static int on_progress(void *self, curl_off_t total_in, curl_off_t in,
                       curl_off_t total_out, curl_off_t out);
static curl_socket_t on_socket(void *self, curlsocktype purpose,
                               struct curl_sockaddr *address);

apr_status_t ti_http_create(ti_http_t **http, int idle_max, apr_pool_t *p)
{
    ti_http_t *door = apr_pcalloc(p, sizeof(*door));
    ti_network_t *network;
    apr_status_t rv = ti_network_create(&network, idle_max, p);

    door->exchange = exchange;
    door->self = network;
    *http = rv == APR_SUCCESS ? door : NULL;
    return rv;
}

void ti_http_abort(ti_http_t *http)
{
    ti_network_abort(http->self);
}

static apr_status_t exchange(ti_http_t *http, ti_http_answer_t *answer,
                             const ti_http_request_t *request, apr_pool_t *p)
{
    const char *complaint = complaint_of(request);
    unsigned int label;
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
    call.network = http->self;
    call.request = request;
    call.p = p;
    ti_reading_open(&call.reading, request->size_max, apr_time_now(), p);
    label = label_of(request, p);

    call.curl = ti_network_take(call.network, label);
    call_run(&call);
    call_tell(answer, &call);
    ti_network_give(call.network, label, call.curl,
                    answer->failure == TI_HTTP_OK);
    forget_headers(&call);
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
                return "the value of a header contains a control character";
            }
        }
    }
    return NULL;
}

/* Which connections may serve this request: same origin, same trust. That two
 * of them share a hash costs a connection and no more: curl compares all. */
static unsigned int label_of(const ti_http_request_t *request, apr_pool_t *p)
{
    const char *host = strstr(request->url, "://") + 3;
    apr_size_t origin =
        (apr_size_t)(host - request->url) + strcspn(host, "/?#");
    const char *ca_file = request->ca_file != NULL ? request->ca_file : "";
    apr_ssize_t length = APR_HASH_KEY_STRING;
    const char *name;

    name =
        apr_pstrcat(p, apr_pstrmemdup(p, request->url, origin), "\n",
                    request->insecure ? "insecure" : "", "\n", ca_file, NULL);
    return apr_hashfunc_default(name, &length);
}

static void call_run(call_t *call)
{
    if (call->curl == NULL) {
        call->code = CURLE_OUT_OF_MEMORY;
        return;
    }
    if (ti_network_aborted(call->network)) {
        call->code = CURLE_ABORTED_BY_CALLBACK;
        return;
    }

    set_habits(call);
    set_bounds(call);
    set_request(call);
    set_trust(call);
    set_callbacks(call);
    if (call->code == CURLE_OK) {
        call->code = curl_easy_perform(call->curl);
    }
}

/* Fill the answer while the handle still knows. */
static void call_tell(ti_http_answer_t *answer, const call_t *call)
{
    ti_trouble_t trouble = {0};

    trouble.handle = call->curl;
    trouble.code = call->code;
    trouble.words = call->words;
    trouble.addresses = call->addresses;
    trouble.excess = call->reading.excess;
    trouble.begun = call->reading.begun;
    trouble.headed = ti_reading_headed(&call->reading);
    answer->failure = ti_trouble_kind(&trouble);
    tell_figures(answer, call->curl);
    if (answer->failure != TI_HTTP_OK) {
        answer->reason = ti_trouble_sentence(&trouble, call->p);
        return;
    }

    answer->type = call->reading.type;
    answer->retry_after = call->reading.retry_after;
    answer->body = call->reading.body;
    answer->length = call->reading.length;
}

static void tell_figures(ti_http_answer_t *answer, CURL *curl)
{
    curl_off_t took = 0;
    long status = 0;
    long connects = 0;

    if (curl == NULL || curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &took) ||
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) ||
        curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects)) {
        return;
    }
    answer->took = took;
    answer->status = answer->failure == TI_HTTP_OK ? (int)status : 0;
    answer->reused = answer->failure == TI_HTTP_OK && connects == 0;
}

/* The same for all: nothing from the environment, no signals, no more than
 * what was asked for. */
static void set_habits(call_t *call)
{
    SET(call, CURLOPT_NOSIGNAL, 1L);
    SET(call, CURLOPT_PROXY, "");
    SET(call, CURLOPT_NOPROXY, "*");
    SET(call, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(call, CURLOPT_FOLLOWLOCATION, 0L);
    SET(call, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(call, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(call, CURLOPT_USERAGENT, "mod_auth_introspect");
    SET(call, CURLOPT_TCP_KEEPALIVE, 1L);
    SET(call, CURLOPT_MAXCONNECTS, 1L);
}

/* Waits and sizes. Where time runs out in getaddrinfo, the thread that curl
 * made for it is left to end by itself (QUICK_EXIT): waiting for it would make
 * a silent name server stronger than any limit of ours. */
static void set_bounds(call_t *call)
{
    const ti_http_request_t *request = call->request;

    SET(call, CURLOPT_TIMEOUT_MS, milliseconds(request->timeout));
    SET(call, CURLOPT_CONNECTTIMEOUT_MS,
        milliseconds(request->connect_timeout));
    SET(call, CURLOPT_QUICK_EXIT, 1L);
    SET(call, CURLOPT_DNS_CACHE_TIMEOUT, ADDRESS_SECONDS);
    SET(call, CURLOPT_MAXLIFETIME_CONN, ADDRESS_SECONDS);
    SET(call, CURLOPT_MAXAGE_CONN, TI_NETWORK_IDLE_SECONDS);
    SET(call, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->size_max);
}

static void set_request(call_t *call)
{
    const ti_http_request_t *request = call->request;

    SET(call, CURLOPT_URL, request->url);
    if (request->form != NULL) {
        SET(call, CURLOPT_POST, 1L);
        SET(call, CURLOPT_POSTFIELDSIZE_LARGE,
            (curl_off_t)request->form_length);
        SET(call, CURLOPT_POSTFIELDS, request->form);
    }
    add_header(call, "Expect:", "");
    if (request->accept != NULL) {
        add_header(call, "Accept: ", request->accept);
    }
    if (request->authorization != NULL) {
        add_header(call, "Authorization: ", request->authorization);
    }
    SET(call, CURLOPT_HTTPHEADER, call->headers);
}

/* The scheme is the URL's and no other; a CA file replaces the system's
 * store, the directory of it too. */
static void set_trust(call_t *call)
{
    const ti_http_request_t *request = call->request;
    int https = strncasecmp(request->url, "https:", 6) == 0;

    SET(call, CURLOPT_PROTOCOLS_STR, https ? "https" : "http");
    SET(call, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(call, CURLOPT_SSL_VERIFYPEER, request->insecure ? 0L : 1L);
    SET(call, CURLOPT_SSL_VERIFYHOST, request->insecure ? 0L : 2L);
    if (request->ca_file != NULL) {
        SET(call, CURLOPT_CAINFO, request->ca_file);
        SET(call, CURLOPT_CAPATH, NULL);
    }
}

static void set_callbacks(call_t *call)
{
    SET(call, CURLOPT_ERRORBUFFER, call->words);
    SET(call, CURLOPT_HEADERFUNCTION, on_line);
    SET(call, CURLOPT_HEADERDATA, call);
    SET(call, CURLOPT_WRITEFUNCTION, on_piece);
    SET(call, CURLOPT_WRITEDATA, call);
    SET(call, CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(call, CURLOPT_XFERINFODATA, call);
    SET(call, CURLOPT_NOPROGRESS, 0L);
    SET(call, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(call, CURLOPT_OPENSOCKETDATA, call);
}

/* Lines may hold secrets: ours is wiped here, curl's copy when all is done. */
static void add_header(call_t *call, const char *name, const char *value)
{
    char *line = apr_pstrcat(call->p, name, value, NULL);
    struct curl_slist *longer = curl_slist_append(call->headers, line);

    explicit_bzero(line, strlen(line));
    if (longer == NULL) {
        call->code = CURLE_OUT_OF_MEMORY;
        return;
    }
    call->headers = longer;
}

static void forget_headers(call_t *call)
{
    struct curl_slist *header;

    for (header = call->headers; header != NULL; header = header->next) {
        explicit_bzero(header->data, strlen(header->data));
    }
    curl_slist_free_all(call->headers);
}

/* Up, so that no limit becomes curl's 0, which is none. */
static long milliseconds(apr_interval_time_t time)
{
    apr_interval_time_t rounded = time / 1000 + (time % 1000 > 0);

    return rounded < INT_MAX ? (long)rounded : (long)INT_MAX;
}

static size_t on_line(char *bytes, size_t one, size_t length, void *self)
{
    call_t *call = self;

    return ti_reading_line(&call->reading, bytes, one * length) ? length : 0;
}

static size_t on_piece(char *bytes, size_t one, size_t length, void *self)
{
    call_t *call = self;
    curl_off_t expected = 0;

    if (curl_easy_getinfo(call->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
                          &expected) != CURLE_OK) {
        return 0;
    }
    return ti_reading_piece(&call->reading, bytes, one * length, expected)
               ? length
               : 0;
}

static int on_progress(void *self, curl_off_t total_in, curl_off_t in,
                       curl_off_t total_out, curl_off_t out)
{
    const call_t *call = self;

    (void)total_in;
    (void)in;
    (void)total_out;
    (void)out;
    return ti_network_aborted(call->network);
}

/* Note where we go, and open a socket that no CGI program inherits. */
static curl_socket_t on_socket(void *self, curlsocktype purpose,
                               struct curl_sockaddr *address)
{
    call_t *call = self;
    apr_size_t used = strlen(call->addresses);
    char host[64];
    char port[8];

    (void)purpose;
    if (getnameinfo(&address->addr, address->addrlen, host, sizeof(host), port,
                    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
        apr_snprintf(call->addresses + used, sizeof(call->addresses) - used,
                     "%s%s port %s", used > 0 ? ", " : "", host, port);
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}
