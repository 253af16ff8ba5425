/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that give authorization servers names, and say by name who may
 * vouch where. Each is a handler of httpd's directive table: NULL, or a
 * complaint that says what to write. In a .htaccess the list may only narrow
 * the one around it.
 */
#ifndef MAI_NAMING_H
#define MAI_NAMING_H

#include <httpd.h>
#include <http_config.h>

const char *mai_naming_section(cmd_parms *cmd, void *config, const char *args);
const char *mai_naming_list(cmd_parms *cmd, void *config, int argc,
                            char *const argv[]);
const char *mai_naming_prefix(cmd_parms *cmd, void *config, const char *text);

#endif
