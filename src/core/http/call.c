/* SPDX-License-Identifier: Apache-2.0 */
#include "http/call.h"

#include <limits.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <apr_strings.h>

#include "base/secret.h"
#include "http/descriptor.h"
#include "http/reach.h"

/* How old an address may be, and a connection to it: so long after a change
 * of the DNS, at most twice this, we still go to the old place. */
#define ADDRESS_SECONDS 60L

/* Bytes of curl's buffer, which is wiped after each exchange: more than most
 * answers have. */
#define BUFFER_SIZE 4096L

/* Set an option, unless an earlier one was refused. */
#define SET(call, option, value)                                               \
    ((call)->code = (call)->code != CURLE_OK                                   \
                        ? (call)->code                                         \
                        : curl_easy_setopt((call)->curl, (option), (value)))

static void set_habits(ti_call_t *call);
static void set_bounds(ti_call_t *call);
static void set_request(ti_call_t *call);
static void set_callbacks(ti_call_t *call);
static void add_header(ti_call_t *call, const char *name, const char *value);
static long milliseconds(apr_interval_time_t time);
static size_t on_line(char *bytes, size_t one, size_t length, void *self);
static size_t on_piece(char *bytes, size_t one, size_t length, void *self);
static int on_progress(void *self, curl_off_t total_in, curl_off_t in,
                       curl_off_t total_out, curl_off_t out);
static curl_socket_t on_socket(void *self, curlsocktype purpose,
                               struct curl_sockaddr *address);
static CURLcode on_tls(CURL *curl, void *context, void *self);
static int may_send(const ti_call_t *call);
static int on_ready(void *self, char *there, char *here, int port_there,
                    int port_here);

void ti_call_run(ti_call_t *call)
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
    call->code = call->code != CURLE_OK
                     ? call->code
                     : ti_reach_set(call->curl, call->request, call->p);
    set_callbacks(call);
    if (call->code == CURLE_OK) {
        call->code = curl_easy_perform(call->curl);
    }
    if (call->code == CURLE_ABORTED_BY_CALLBACK && !may_send(call)) {
        call->code = CURLE_SEND_ERROR;
        apr_cpystrn(call->words, "curl did not accept the request",
                    sizeof(call->words));
    }
}

void ti_call_forget(ti_call_t *call)
{
    struct curl_slist *header;

    for (header = call->headers; header != NULL; header = header->next) {
        explicit_bzero(header->data, strlen(header->data));
    }
    curl_slist_free_all(call->headers);
    ti_secret_leave();
}

/* The same for all: nothing from the environment, no signals, no more than
 * what was asked for. */
static void set_habits(ti_call_t *call)
{
    SET(call, CURLOPT_NOSIGNAL, 1L);
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
static void set_bounds(ti_call_t *call)
{
    const ti_http_request_t *request = call->request;

    SET(call, CURLOPT_TIMEOUT_MS, milliseconds(request->timeout));
    SET(call, CURLOPT_CONNECTTIMEOUT_MS,
        milliseconds(request->connect_timeout));
    SET(call, CURLOPT_QUICK_EXIT, 1L);
    SET(call, CURLOPT_DNS_CACHE_TIMEOUT,
        ti_network_doubted(call->network) ? 0L : ADDRESS_SECONDS);
    SET(call, CURLOPT_MAXLIFETIME_CONN, ADDRESS_SECONDS);
    SET(call, CURLOPT_MAXAGE_CONN, TI_NETWORK_IDLE_SECONDS);
    SET(call, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->size_max);
    SET(call, CURLOPT_BUFFERSIZE, BUFFER_SIZE);
}

static void set_request(ti_call_t *call)
{
    const ti_http_request_t *request = call->request;
    int i;

    if (request->form != NULL) {
        SET(call, CURLOPT_POST, 1L);
        SET(call, CURLOPT_POSTFIELDSIZE_LARGE,
            (curl_off_t)request->form_length);
        SET(call, CURLOPT_POSTFIELDS, request->form);
    }
    add_header(call, "Expect:", "");
    add_header(call, "Accept-Encoding: ", "identity"); /* nothing is unpacked */
    if (request->accept != NULL) {
        add_header(call, "Accept: ", request->accept);
    }
    if (request->authorization != NULL) {
        add_header(call, "Authorization: ", request->authorization);
    }
    if (request->trace != NULL) {
        add_header(call, "traceparent: ", request->trace);
    }
    for (i = 0; request->headers != NULL && i < request->headers->nelts; i++) {
        const ti_header_t *header =
            &APR_ARRAY_IDX(request->headers, i, ti_header_t);

        add_header(call, apr_pstrcat(call->p, header->name, ": ", NULL),
                   header->value);
    }
    SET(call, CURLOPT_HTTPHEADER, call->headers);
}

static void set_callbacks(ti_call_t *call)
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
    SET(call, CURLOPT_PREREQFUNCTION, on_ready);
    SET(call, CURLOPT_PREREQDATA, call);
    if (curl_easy_setopt(call->curl, CURLOPT_SSL_CTX_FUNCTION, on_tls) ==
        CURLE_OK) { /* not every TLS library has it: only words depend on it */
        SET(call, CURLOPT_SSL_CTX_DATA, call);
    }
}

/* Lines may hold secrets: ours is wiped here, curl's copy when all is done. */
static void add_header(ti_call_t *call, const char *name, const char *value)
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

/* Up, so that no limit becomes curl's 0, which is none. */
static long milliseconds(apr_interval_time_t time)
{
    apr_interval_time_t rounded = time / 1000 + (time % 1000 > 0);

    return rounded < INT_MAX ? (long)rounded : (long)INT_MAX;
}

static size_t on_line(char *bytes, size_t one, size_t length, void *self)
{
    ti_call_t *call = self;

    call->stage = TI_STAGE_READING;
    return ti_reading_line(&call->reading, bytes, one * length) ? length : 0;
}

static size_t on_piece(char *bytes, size_t one, size_t length, void *self)
{
    ti_call_t *call = self;
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
    const ti_call_t *call = self;

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
    ti_call_t *call = self;
    apr_size_t used = strlen(call->addresses);
    char host[64];
    char port[8];

    (void)purpose;
    call->stage = TI_STAGE_CONNECTING;
    if (used == 0) {
        ti_descriptor_hide(); /* a fresh handle's own are there by now */
    }
    if (address->family == AF_UNIX) {
        apr_cpystrn(call->addresses, "a socket of this machine",
                    sizeof(call->addresses));
    } else if (getnameinfo(&address->addr, address->addrlen, host, sizeof(host),
                           port, sizeof(port),
                           NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
        apr_snprintf(call->addresses + used, sizeof(call->addresses) - used,
                     "%s%s port %s", used > 0 ? ", " : "", host, port);
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

/* Curl begins with TLS: the connection is there. */
static CURLcode on_tls(CURL *curl, void *context, void *self)
{
    ti_call_t *call = self;

    (void)curl;
    (void)context;
    call->stage = TI_STAGE_TLS;
    return CURLE_OK;
}

/* Once, and once more in place of a kept connection that was dead: curl itself
 * would try up to five times where a server of HTTP/2 refuses its streams. */
static int may_send(const ti_call_t *call)
{
    return call->sent <= (call->sent_kept && !call->request->once ? 2 : 1);
}

/* Curl is about to send. */
static int on_ready(void *self, char *there, char *here, int port_there,
                    int port_here)
{
    ti_call_t *call = self;

    (void)there;
    (void)here;
    (void)port_there;
    (void)port_here;
    call->stage = TI_STAGE_WAITING;
    call->sent++;
    if (call->sent == 1) {
        call->sent_kept = call->addresses[0] == '\0';
    }
    return may_send(call) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}
