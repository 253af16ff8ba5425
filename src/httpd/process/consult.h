/* SPDX-License-Identifier: Apache-2.0
 *
 * One authorization server of the configuration asked about a token, while no
 * httpd runs, and what it says as lines "NAME: VALUE" on standard output.
 */
#ifndef MAI_CONSULT_H
#define MAI_CONSULT_H

#include <apr_pools.h>

#include "ask/server.h"
#include "base/fault.h"

/* Ask a server that is finished and armed about the token that is the first
 * line of standard input: how it went, what it answered, the verdict. The last
 * line says whose fault it is. Of an answer the names of members are told, and
 * the values of those that places compare. */
void mai_consult(ti_server_t *server, apr_pool_t *p);

/* Tell where it is and who we are there; no secret. */
void mai_consult_describe(const ti_server_t *server, apr_pool_t *p);

/* Tell one thing, without control characters; and the last. */
void mai_consult_tell(const char *name, const char *value);
void mai_consult_end(ti_fault_t fault);

#endif
