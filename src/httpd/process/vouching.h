/* SPDX-License-Identifier: Apache-2.0
 *
 * At start: find, check and prepare the authorization servers with names.
 */
#ifndef MAI_VOUCHING_H
#define MAI_VOUCHING_H

#include <httpd.h>

/* For check_config: let each server inherit, find the servers that each place
 * names, and check that they can be asked and told apart. Results are in
 * `pconf`. Complaints are logged; returns their number. */
int mai_vouching_check(apr_pool_t *pconf, apr_pool_t *ptemp,
                       server_rec *main_server);

/* For post_config: prepare all of them, in `pconf`. */
apr_status_t mai_vouching_prepare(apr_pool_t *pconf);

#endif
