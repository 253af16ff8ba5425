/* SPDX-License-Identifier: Apache-2.0
 *
 * The life cycle of the memory that all processes share: made at start, kept
 * over a graceful restart, dropped at a stop. And the world of each process.
 */
#ifndef MAI_SHARED_H
#define MAI_SHARED_H

#include <httpd.h>

#include "base/world.h"

struct ti_ratelimit_t;

/* Make or take over the shared memory, and open the configured caches. For
 * post_config; a failure is logged and stops the start. */
apr_status_t mai_shared_open(server_rec *s, apr_pool_t *pconf);

/* When all servers are ready: make or take over the shared memory of traffic
 * and of metrics. For post_config; a failure is logged and stops the start. */
apr_status_t mai_shared_meet(server_rec *s, apr_pool_t *pconf);

/* Take a sample of the counters for the history of the last hour. The parent
 * calls it every few seconds, and a status page before it is shown. */
void mai_shared_sample(void);

/* In the parent: release what a dead child with this process id held. */
void mai_shared_bury(apr_int64_t number);

/* An ungraceful shutdown of this process: end the waits of its requests. */
void mai_shared_stop(void);

/* Make the world of this process. For child_init. A failure is logged, and this
 * process refuses every request. */
void mai_shared_child(server_rec *s, apr_pool_t *pchild);

/* The world of this process; NULL when it could not be made. */
const ti_world_t *mai_shared_world(void);

/* Is there work for threads in the background: a server whose metadata or files
 * can change, or a store that other machines can reach? */
int mai_shared_has_upkeep(void);

/* The rate limit of log lines of all processes of this generation, which exists
 * even where there is no world. NULL before post_config. */
struct ti_ratelimit_t *mai_shared_pace(void);

/* Set the callback that returns a newer version of a server whose credentials
 * were refused (world.h). To be called before the first request. */
void mai_shared_renew(const struct ti_server_t *(*renewed)(
    const struct ti_server_t *server, apr_time_t until));

#endif
