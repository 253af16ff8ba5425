/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of a configuration at start, and what is made ready of it.
 */
#ifndef MAI_START_H
#define MAI_START_H

#include <httpd.h>

/* Look at every section that was read: each place with AuthType Introspect
 * must have an authorization server it can ask, as far as can be seen before
 * a request merges the sections. Complaints are logged, with what to write.
 * For httpd's check_config hook. OK, or DONE when something is wrong. */
int mai_start_check(apr_pool_t *pconf, apr_pool_t *ptemp,
                    server_rec *main_server);

/* Make every combination of server and section ready, so that no request has
 * to. For post_config, after the store is open. */
apr_status_t mai_start_prepare(apr_pool_t *pconf, server_rec *main_server);

#endif
