/* SPDX-License-Identifier: Apache-2.0
 *
 * Authorization servers with names at start: found, checked, made ready.
 */
#ifndef MAI_VOUCHING_H
#define MAI_VOUCHING_H

#include <httpd.h>

/* For check_config, when all is read: let each server inherit, find those that
 * each place names, and look whether they can be asked and told apart. What is
 * found is in `pconf`; complaints are logged. How many there are. */
int mai_vouching_check(apr_pool_t *pconf, apr_pool_t *ptemp,
                       server_rec *main_server);

/* For post_config: make all of them ready, in `pconf`. */
apr_status_t mai_vouching_prepare(apr_pool_t *pconf);

#endif
