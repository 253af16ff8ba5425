/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread of each process that does what no request should wait for. It
 * fetches the metadata of authorization servers (RFC 8414) and renews them, and
 * it exchanges revocation marks with other machines.
 */
#ifndef MAI_KEEPER_H
#define MAI_KEEPER_H

#include <httpd.h>

#include "ask/outcome.h"
#include "base/log.h"
#include "server/combination.h"

/* For a request that comes before the thread has metadata of this server: get
 * them from the cache or from the server. Blocks for the server's timeout at
 * most. Nonzero: *server has them. Zero: *outcome says why not. */
int mai_keeper_discover(ti_outcome_t *outcome, mai_combination_t *server,
                        const ti_log_t *log, apr_pool_t *p);

/* Start the thread of this process. For child_init, after everything else. */
void mai_keeper_child(server_rec *s, apr_pool_t *pchild);

#endif
