/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of what all processes share: made at start, kept over a graceful
 * restart, forgotten at a stop; and of the world of each process.
 */
#ifndef MAI_SHARED_H
#define MAI_SHARED_H

#include <httpd.h>

#include "base/world.h"

struct ti_ratelimit_t;

/* Make or take over the shared memory, and the caches that the configuration
 * asks for. For post_config; a failure is logged and stops the start. */
apr_status_t mai_shared_open(server_rec *s, apr_pool_t *pconf);

/* Once all servers are made ready: make or take over the shared memory of
 * traffic. For post_config; a failure is logged and stops the start. */
apr_status_t mai_shared_meet(server_rec *s, apr_pool_t *pconf);

/* Now and then, in the parent or elsewhere: note for the last hour what has
 * been counted. */
void mai_shared_sample(void);

/* In the parent: a child of this number is dead. */
void mai_shared_bury(apr_int64_t number);

/* This process goes down at once: end what its requests wait for. */
void mai_shared_stop(void);

/* Make this process's world; for child_init. A failure is logged, and every
 * request of this process is refused. */
void mai_shared_child(server_rec *s, apr_pool_t *pchild);

/* The world of this process; NULL when it could not be made. */
const ti_world_t *mai_shared_world(void);

/* Is there anything for threads beside requests to do: a server whose settings
 * change while it serves, or a store that other machines can reach? */
int mai_shared_has_upkeep(void);

/* The pace of log lines, the same for all processes of this generation, also
 * where there is no world; NULL before post_config. */
struct ti_ratelimit_t *mai_shared_pace(void);

/* Who is asked for a newer version of a server whose credentials were refused;
 * while no request runs yet. */
void mai_shared_renew(const struct ti_server_t *(*renewed)(
    const struct ti_server_t *server, apr_time_t until));

#endif
