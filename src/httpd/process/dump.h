/* SPDX-License-Identifier: Apache-2.0
 *
 * httpd -t -D DUMP_INTROSPECT: the authorization servers of the configuration;
 * and, for introspect-check, what one of them says about a token. No secret is
 * written, and nothing is remembered.
 */
#ifndef MAI_DUMP_H
#define MAI_DUMP_H

#include <httpd.h>

#define MAI_DUMP_DEFINE "DUMP_INTROSPECT"

/* In the environment: the name of a server to ask; the token is then the first
 * line of standard input. */
#define MAI_DUMP_SERVER "INTROSPECT_CHECK_SERVER"

/* httpd's test_config hook: lines "NAME: VALUE" on standard output, the last of
 * which says whose fault it is. */
void mai_dump_config(apr_pool_t *pconf, server_rec *s);

#endif
