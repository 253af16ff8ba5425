/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say where a place takes tokens from, and whether one is
 * needed. NULL, or a complaint that says what to write.
 */
#ifndef MAI_INTAKE_H
#define MAI_INTAKE_H

#include <httpd.h>
#include <http_config.h>

const char *mai_intake_carriers(cmd_parms *cmd, void *config, int argc,
                                char *const argv[]);

#endif
