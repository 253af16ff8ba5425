/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectLogoutAudience: the clients whose logout tokens count. A client
 * that only introspects gets none, so these are those that people sign in to.
 */
#ifndef MAI_LOGOUT_CONFIG_H
#define MAI_LOGOUT_CONFIG_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* The function of a row (setter.h). */
const char *mai_logout_audience(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                char *const argv[]);

/* At start: why no logout token can be verified although the directive is
 * written; or NULL. */
const char *mai_logout_complaint(void);

#endif
