/* SPDX-License-Identifier: Apache-2.0
 *
 * Ask one authorization server of the configuration about a token without a
 * running httpd. Prints the result as lines "NAME: VALUE" on standard output.
 */
#ifndef MAI_CONSULT_H
#define MAI_CONSULT_H

#include <apr_pools.h>

#include "ask/server.h"
#include "base/fault.h"

/* Ask a finished server about the token in the first line of standard
 * input. Prints log lines, the answer and the verdict; the last line says whose
 * fault a failure is. Of an answer it prints the names of all members, but only
 * the values that places compare. */
void mai_consult(ti_server_t *server, apr_pool_t *p);

/* Print its addresses and our client there, without secrets. */
void mai_consult_describe(const ti_server_t *server, apr_pool_t *p);

/* Print one line, without control characters; print the last line. */
void mai_consult_tell(const char *name, const char *value);
void mai_consult_end(ti_fault_t fault);

#endif
