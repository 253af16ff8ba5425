/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say how claims are exported, and what they look like.
 * Functions of rows (setter.h).
 */
#ifndef MAI_SHAPING_H
#define MAI_SHAPING_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

const char *mai_shaping_export(mai_dir_t *dir, cmd_parms *cmd,
                               const char *word);
const char *mai_shaping_prefix(mai_dir_t *dir, cmd_parms *cmd,
                               const char *word);
const char *mai_shaping_lists(mai_dir_t *dir, cmd_parms *cmd, const char *word);
const char *mai_shaping_encoding(mai_dir_t *dir, cmd_parms *cmd,
                                 const char *word);

#endif
