/* SPDX-License-Identifier: Apache-2.0 */
#include "http/failure.h"

#include <apr_lib.h>
#include <apr_strings.h>

static ti_http_failure_t kind_of_code(CURLcode code);
static const char *opening(const ti_failure_t *failure, apr_pool_t *p);
static const char *words_of(const ti_failure_t *failure);
static const char *refusal(const ti_failure_t *failure, apr_pool_t *p);
static const char *route(const ti_failure_t *failure, apr_pool_t *p);
static const char *address_of(const ti_failure_t *failure);
static long milliseconds(const ti_failure_t *failure, CURLINFO info);

ti_http_failure_t ti_failure_kind(const ti_failure_t *failure)
{
    if (failure->excess != NULL) {
        return TI_HTTP_TOO_LARGE;
    }
    if (failure->code == CURLE_OUT_OF_MEMORY &&
        failure->stage == TI_STAGE_READING) {
        return TI_HTTP_TOO_LARGE; /* a line longer than curl's own limit */
    }
    if (failure->code == CURLE_OK && !failure->headed) {
        return TI_HTTP_BROKEN; /* curl is content with half a header */
    }
    return kind_of_code(failure->code);
}

const char *ti_failure_sentence(const ti_failure_t *failure, apr_pool_t *p)
{
    char *sentence;
    char *at;

    sentence = apr_psprintf(p, "%s%s; gave up after %ld ms",
                            opening(failure, p), route(failure, p),
                            milliseconds(failure, CURLINFO_TOTAL_TIME_T));
    for (at = sentence; *at != '\0'; at++) {
        if (!apr_isprint(*at)) {
            *at = '?'; /* words may quote a certificate: an outsider's text */
        }
    }
    return sentence;
}

static ti_http_failure_t kind_of_code(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return TI_HTTP_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return TI_HTTP_RESOLVE;
    case CURLE_COULDNT_CONNECT:
        return TI_HTTP_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return TI_HTTP_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return TI_HTTP_TLS;
    case CURLE_FILESIZE_EXCEEDED:
        return TI_HTTP_TOO_LARGE;
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9: the scheme was checked */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_RECV_ERROR:
        return TI_HTTP_BROKEN;
    case CURLE_ABORTED_BY_CALLBACK:
        return TI_HTTP_ABORTED;
    default:
        return TI_HTTP_INTERNAL;
    }
}

static const char *opening(const ti_failure_t *failure, apr_pool_t *p)
{
    static const char *const stages[] = {
        [TI_STAGE_RESOLVING] = "while resolving the host name",
        [TI_STAGE_CONNECTING] = "while connecting",
        [TI_STAGE_TLS] = "in the TLS handshake",
        [TI_STAGE_WAITING] = "while waiting for the response",
        [TI_STAGE_READING] = "while reading the response",
    };
    static const char *const openings[] = {
        [TI_HTTP_OK] = "no failure",
        [TI_HTTP_RESOLVE] = "found no address for the host name: ",
        [TI_HTTP_CONNECT] = "could not connect: ",
        [TI_HTTP_TIMEOUT] = "timed out ",
        [TI_HTTP_TLS] = "TLS failed: ",
        [TI_HTTP_TOO_LARGE] = "the response is too large: ",
        [TI_HTTP_BROKEN] = "the HTTP response is incomplete: ",
        [TI_HTTP_ABORTED] = "gave up, since ",
        [TI_HTTP_INTERNAL] = "could not make the request: ",
    };
    ti_http_failure_t kind = ti_failure_kind(failure);
    const char *rest;

    if (kind == TI_HTTP_TIMEOUT) {
        rest = stages[failure->stage];
    } else if (kind == TI_HTTP_CONNECT) {
        rest = refusal(failure, p);
    } else {
        rest = words_of(failure);
    }
    return apr_pstrcat(p, openings[kind], rest, NULL);
}

/* What curl wrote into its error buffer names hosts and certificates, never a
 * path or a header; where it refuses a value it may quote it, so there only
 * the general words are used. */
static const char *words_of(const ti_failure_t *failure)
{
    if (failure->excess != NULL) {
        return failure->excess;
    }
    if (failure->code == CURLE_OUT_OF_MEMORY &&
        failure->stage == TI_STAGE_READING) {
        return "a header line longer than curl takes";
    }
    if (failure->code == CURLE_OK) {
        return "it ended within its header";
    }
    if (failure->code == CURLE_ABORTED_BY_CALLBACK) {
        return "this process is shutting down";
    }
    if (failure->words[0] == '\0' ||
        kind_of_code(failure->code) == TI_HTTP_INTERNAL) {
        return curl_easy_strerror(failure->code);
    }
    return failure->words;
}

/* The system's words, such as "Connection refused": curl's own only say once
 * more that it could not connect. */
static const char *refusal(const ti_failure_t *failure, apr_pool_t *p)
{
    long number = 0;
    apr_status_t rv;

    if (failure->handle == NULL ||
        curl_easy_getinfo(failure->handle, CURLINFO_OS_ERRNO, &number) !=
            CURLE_OK ||
        number == 0) {
        return words_of(failure);
    }
    rv = APR_FROM_OS_ERROR((int)number);
    return apr_psprintf(p, "%pm", &rv);
}

/* Over which connection, so far as there was one. */
static const char *route(const ti_failure_t *failure, apr_pool_t *p)
{
    if (failure->addresses[0] == '\0' && failure->stage < TI_STAGE_WAITING) {
        return "";
    }
    if (failure->addresses[0] == '\0') {
        return apr_pstrcat(p, "; over a kept-alive connection to ",
                           address_of(failure), NULL);
    }
    if (failure->stage < TI_STAGE_WAITING) {
        return apr_pstrcat(p, "; resolved to ", failure->addresses, NULL);
    }
    return apr_psprintf(p, "; resolved to %s, connected in %ld ms",
                        failure->addresses,
                        milliseconds(failure, CURLINFO_CONNECT_TIME_T));
}

static const char *address_of(const ti_failure_t *failure)
{
    char *address = NULL;

    if (failure->handle == NULL ||
        curl_easy_getinfo(failure->handle, CURLINFO_PRIMARY_IP, &address) !=
            CURLE_OK ||
        address == NULL) {
        return "an unknown address";
    }
    return address;
}

static long milliseconds(const ti_failure_t *failure, CURLINFO info)
{
    curl_off_t microseconds = 0;

    if (failure->handle == NULL ||
        curl_easy_getinfo(failure->handle, info, &microseconds) != CURLE_OK) {
        return 0;
    }
    return (long)((microseconds + 999) / 1000);
}
