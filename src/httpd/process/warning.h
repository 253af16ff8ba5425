/* SPDX-License-Identifier: Apache-2.0
 *
 * What start warns of: settings that can be meant, but seldom are.
 */
#ifndef MAI_WARNING_H
#define MAI_WARNING_H

#include <httpd.h>

/* For post_config, when all is read and the error log is open: look at every
 * section and every server with a name. `ptemp` is for scratch. */
void mai_warning_all(const server_rec *main_server, apr_pool_t *ptemp);

#endif
