/* SPDX-License-Identifier: Apache-2.0
 *
 * What the exchanges of a process share: curl handles, each with one
 * kept-alive connection, TLS sessions and resolved names.
 */
#ifndef TI_NETWORK_H
#define TI_NETWORK_H

#include <curl/curl.h>
#include <apr_pools.h>

/* A connection unused for this long may have been forgotten by a firewall,
 * which would cost the next call its whole time. */
#define TI_NETWORK_IDLE_SECONDS 30L

typedef struct ti_network_t ti_network_t;

/* Open it, after the fork, once per process. At most `idle_max` connections
 * are kept while unused. Closed when `p` goes: by then no thread may take a
 * handle; calls that still run are aborted and waited for, for 3 seconds. */
apr_status_t ti_network_create(ti_network_t **network, int idle_max,
                               apr_pool_t *p);

/* Take a handle for one exchange: one of routes with this hash, its connection
 * quiet, else a fresh one; NULL: out of memory. The hash says which connections
 * are of use; curl itself checks most of what makes one fit, but not all.
 * Each take is followed by a give. */
CURL *ti_network_take(ti_network_t *network, apr_uint64_t hash);

/* Give a handle back, NULL too. Its options are forgotten. It is closed, with
 * its connection, unless `keep`. */
void ti_network_give(ti_network_t *network, apr_uint64_t hash, CURL *handle,
                     int keep);

/* Close unused handles: all, or those that have been unused for
 * TI_NETWORK_IDLE_SECONDS. */
void ti_network_sweep(ti_network_t *network, int all);

/* From now on ti_network_aborted is true: the process is shutting down. */
void ti_network_abort(ti_network_t *network);
int ti_network_aborted(const ti_network_t *network);

/* What names were resolved to may be wrong: the next exchange looks again. */
void ti_network_doubt(ti_network_t *network);

/* Is there such a doubt? It is this exchange's to clear up. */
int ti_network_doubted(ti_network_t *network);

#endif
