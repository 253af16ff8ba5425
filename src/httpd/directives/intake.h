/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectTokenFrom: where a place takes tokens from. A .htaccess can only
 * narrow what the sections around it say.
 */
#ifndef MAI_INTAKE_H
#define MAI_INTAKE_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* The function of a row (setter.h). */
const char *mai_intake_carriers(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                char *const argv[]);

#endif
