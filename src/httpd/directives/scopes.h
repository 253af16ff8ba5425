/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectScopeSyntax: where scopes stand in a token, and what they cover.
 */
#ifndef MAI_SCOPES_H
#define MAI_SCOPES_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* The function of a row (setter.h). */
const char *mai_scopes_syntax(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[]);

#endif
