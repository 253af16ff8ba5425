/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say what exported claims look like. Each is a handler of
 * httpd's directive table: NULL, or a complaint that says what to write.
 */
#ifndef MAI_SHAPING_H
#define MAI_SHAPING_H

#include <httpd.h>
#include <http_config.h>

const char *mai_shaping_lists(cmd_parms *cmd, void *config, const char *word);
const char *mai_shaping_encoding(cmd_parms *cmd, void *config,
                                 const char *word);
const char *mai_shaping_json(cmd_parms *cmd, void *config, const char *word);

#endif
