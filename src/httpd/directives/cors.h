/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectOrigins: which pages of other origins may use a place (Fetch,
 * CORS). They may use tokens that browsers add, so the row is refused in a
 * .htaccess.
 */
#ifndef MAI_CORS_H
#define MAI_CORS_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* The function of a row (setter.h). */
const char *mai_cors_origins(mai_dir_t *dir, cmd_parms *cmd, int argc,
                             char *const argv[]);

#endif
