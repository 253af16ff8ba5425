/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that choose claims: for REMOTE_USER, for export, and for log
 * lines.
 * Functions of rows (setter.h).
 */
#ifndef MAI_SELECTION_H
#define MAI_SELECTION_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

const char *mai_selection_user(mai_dir_t *dir, cmd_parms *cmd, int argc,
                               char *const argv[]);
const char *mai_selection_export(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                 char *const argv[]);

const char *mai_selection_log(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[]);

#endif
