/* SPDX-License-Identifier: Apache-2.0
 *
 * At start: check the configuration, and prepare the authorization servers.
 */
#ifndef MAI_START_H
#define MAI_START_H

#include <httpd.h>

/* Check every section: each place with AuthType Introspect must have an
 * authorization server that can be asked, as far as that is known before a
 * request merges the sections. Complaints are logged and say what to write. For
 * httpd's check_config hook. Returns OK, or DONE if something is wrong. */
int mai_start_check(apr_pool_t *pconf, apr_pool_t *ptemp,
                    server_rec *main_server);

/* Prepare every combination of virtual host and section, so that no request has
 * to. For post_config, after the store is open. A failure is logged. */
apr_status_t mai_start_prepare(apr_pool_t *pconf, server_rec *main_server);

#endif
