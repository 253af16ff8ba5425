/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that give authorization servers names, and say by name who may
 * vouch where. In a .htaccess the list may only narrow the one around it.
 */
#ifndef MAI_NAMING_H
#define MAI_NAMING_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* httpd's handler of a section: NULL, or a complaint that says what to
 * write. */
const char *mai_naming_section(cmd_parms *cmd, void *config, const char *args);

/* Functions of rows (setter.h). */
const char *mai_naming_list(mai_dir_t *dir, cmd_parms *cmd, int argc,
                            char *const argv[]);
const char *mai_naming_prefix(ti_server_t *server, cmd_parms *cmd,
                              const char *text);

#endif
