/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that choose claims: for REMOTE_USER, and for export. Each is
 * a handler of httpd's directive table: NULL, or a complaint that says what to
 * write.
 */
#ifndef MAI_SELECTION_H
#define MAI_SELECTION_H

#include <httpd.h>
#include <http_config.h>

const char *mai_selection_user(cmd_parms *cmd, void *config, int argc,
                               char *const argv[]);
const char *mai_selection_export(cmd_parms *cmd, void *config, int argc,
                                 char *const argv[]);

#endif
