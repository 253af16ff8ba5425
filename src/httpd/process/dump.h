/* SPDX-License-Identifier: Apache-2.0
 *
 * httpd -t -D DUMP_INTROSPECT: print the authorization servers of the
 * configuration, or, for introspect-check, what one of them says about a token.
 * Prints no secret and keeps no answer.
 */
#ifndef MAI_DUMP_H
#define MAI_DUMP_H

#include <httpd.h>

#define MAI_DUMP_DEFINE "DUMP_INTROSPECT"

/* The environment variable that names a server to ask. The token is then the
 * first line of standard input. */
#define MAI_DUMP_SERVER "INTROSPECT_CHECK_SERVER"

/* httpd's test_config hook. Prints lines "NAME: VALUE" on standard output; with
 * MAI_DUMP_SERVER the last one says whose fault a failure is. */
void mai_dump_config(apr_pool_t *pconf, server_rec *s);

#endif
