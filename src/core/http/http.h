/* SPDX-License-Identifier: Apache-2.0
 *
 * One exchange with the authorization server, bounded in time and size, over
 * kept-alive connections that all threads of a process share. The interface to
 * curl, which only allocation.c, call.c, reach.c, network.c and failure.c
 * behind it know.
 */
#ifndef TI_HTTP_H
#define TI_HTTP_H

#include <apr_pools.h>
#include <apr_time.h>

#include "http/exchange.h"

/* A vtable, so that a test can be the network. */
typedef struct ti_http_t ti_http_t;
struct ti_http_t {
    /* Do one exchange. Always fills *response; the status is APR_SUCCESS when
     * response->failure is TI_HTTP_OK, APR_EINVAL for a request that cannot be
     * sent, else APR_EGENERAL. Redirects are never followed, proxies and
     * .netrc of the environment never used. A kept-alive connection that
     * turns out dead before a line of the response came is replaced once; a
     * fresh one never. */
    apr_status_t (*exchange)(ti_http_t *http, ti_http_response_t *response,
                             const ti_http_request_t *request, apr_pool_t *p);
    void *self;
};

/* Open the real network for this process (call after fork, once): connection
 * pool, TLS sessions and DNS shared by all threads. `idle_max`: connections
 * kept per process while unused; each lives for at most a minute, so that
 * changes of the DNS are followed.
 *
 * Everything is closed when `p` goes. By then no thread may begin an exchange;
 * those that still run are aborted and waited for, for at most 3 seconds. */
apr_status_t ti_http_create(ti_http_t **http, int idle_max, apr_pool_t *p);

/* From now on every exchange, running or new, ends within about a second:
 * the process is shutting down. Safe to call from any thread. */
void ti_http_abort(ti_http_t *http);

/* Close kept connections: all that are unused now, or only those that have
 * been for too long. */
void ti_http_sweep(ti_http_t *http, int all);

/* The version of the library behind it. */
const char *ti_http_version(void);

#endif
