/* SPDX-License-Identifier: Apache-2.0
 *
 * Warnings at start: settings that are legal but seldom intended.
 */
#ifndef MAI_WARNING_H
#define MAI_WARNING_H

#include <httpd.h>

/* For post_config, when the error log is open: check every section and every
 * server with a name. `ptemp` is for scratch. */
void mai_warning_all(const server_rec *main_server, apr_pool_t *ptemp);

#endif
