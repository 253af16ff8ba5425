/* SPDX-License-Identifier: Apache-2.0
 *
 * Metadata of authorization servers (RFC 8414): had when a server is first
 * needed, and renewed by a thread of each process, so that no request waits
 * for a renewal.
 */
#ifndef MAI_KEEPER_H
#define MAI_KEEPER_H

#include <httpd.h>

#include "ask/outcome.h"
#include "config/combination.h"
#include "base/log.h"

/* Have the server's metadata for the first time, from memory or from the
 * authorization server; blocks for its timeout at most. Nonzero: they are
 * there. Else *outcome says why not. */
int mai_keeper_discover(ti_outcome_t *outcome, mai_combination_t *server,
                        const ti_log_t *log, apr_pool_t *p);

/* Start the thread of this process; for child_init, after all else. */
void mai_keeper_child(server_rec *s, apr_pool_t *pchild);

#endif
