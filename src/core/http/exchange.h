/* SPDX-License-Identifier: Apache-2.0
 *
 * One HTTP exchange as data: what is sent, and what came back.
 */
#ifndef TI_EXCHANGE_H
#define TI_EXCHANGE_H

#include <apr_tables.h>
#include <apr_time.h>

#include "http/route.h"

/* A header of a request beyond those that have a member of their own. */
typedef struct ti_header_t {
    const char *name;
    const char *value; /* may be a secret */
} ti_header_t;

/* What to send. The caller owns all strings. Zero times are not "for ever":
 * they are refused (APR_EINVAL), as are control characters in a header. */
typedef struct ti_http_request_t {
    const char *url;  /* an address: https, http, or unix:/PATH|http://... */
    const char *form; /* body of a POST (form-encoded); NULL: GET */
    apr_size_t form_length;
    const char *authorization;         /* value of Authorization, or NULL */
    const char *accept;                /* value of Accept */
    const apr_array_header_t *headers; /* of ti_header_t; NULL: no further */
    const char *trace;                 /* value of traceparent, or NULL */
    const ti_route_t *route;           /* NULL: one of zeros */
    int once; /* nonzero: never sent a second time, not even in place of a kept
                 connection that was dead */
    apr_interval_time_t timeout;         /* whole exchange */
    apr_interval_time_t connect_timeout; /* until connected, TLS included */
    apr_size_t size_max;                 /* of the body, bytes */
} ti_http_request_t;

/* Why no response came. */
typedef enum ti_http_failure_t {
    TI_HTTP_OK = 0,    /* an HTTP response was read whole */
    TI_HTTP_RESOLVE,   /* no address for the host name */
    TI_HTTP_CONNECT,   /* refused, unreachable */
    TI_HTTP_TIMEOUT,   /* at any stage */
    TI_HTTP_TLS,       /* handshake, certificate, host name */
    TI_HTTP_TOO_LARGE, /* headers or body over their limit */
    TI_HTTP_BROKEN,    /* closed or garbled in the middle */
    TI_HTTP_ABORTED,   /* this process is shutting down */
    TI_HTTP_INTERNAL   /* a value that was refused, out of memory: says
                          nothing about the server, as the one before */
} ti_http_failure_t;

/* What came back; strings are in the caller's pool. */
typedef struct ti_http_response_t {
    ti_http_failure_t failure;
    const char *reason; /* for the log when failure: curl's words, with
                           resolved-to and timings; never a path, query,
                           body or secret */
    int status;         /* HTTP status when TI_HTTP_OK */
    const char *type;   /* Content-Type as sent, "" when absent */
    const char *body;   /* NUL after its last byte; "" when failure */
    apr_size_t length;
    apr_interval_time_t retry_after; /* Retry-After (seconds or HTTP date);
                                        0 when absent or unreadable */
    apr_interval_time_t took;
    int reused; /* nonzero: over a kept-alive connection */
    int sent;   /* nonzero: the request may have reached the server */
    int stale;  /* nonzero: a kept connection was dead, and `once` forbade what
                   else would have been done: to send it again */
} ti_http_response_t;

#endif
