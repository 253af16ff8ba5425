/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say what a place demands of a token: its policy.
 * Functions of rows (setter.h).
 */
#ifndef MAI_DEMAND_H
#define MAI_DEMAND_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

const char *mai_demand_issuer(mai_dir_t *dir, cmd_parms *cmd,
                              const char *issuer, const char *word);
const char *mai_demand_audience(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                char *const argv[]);
const char *mai_demand_leeway(mai_dir_t *dir, cmd_parms *cmd, const char *word);

#endif
