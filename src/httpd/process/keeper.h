/* SPDX-License-Identifier: Apache-2.0
 *
 * What a thread of each process does, so that no request waits for it. The
 * metadata of authorization servers (RFC 8414) are renewed, once they were had
 * when a server was first needed; and revocation marks are exchanged with
 * other machines.
 */
#ifndef MAI_KEEPER_H
#define MAI_KEEPER_H

#include <httpd.h>

#include "ask/outcome.h"
#include "base/log.h"
#include "server/combination.h"

/* Have the server's metadata for the first time, from memory or from the
 * authorization server; blocks for its timeout at most. Nonzero: they are
 * there. Else *outcome says why not. */
int mai_keeper_discover(ti_outcome_t *outcome, mai_combination_t *server,
                        const ti_log_t *log, apr_pool_t *p);

/* Start the thread of this process; for child_init, after all else. */
void mai_keeper_child(server_rec *s, apr_pool_t *pchild);

#endif
