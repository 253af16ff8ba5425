/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that describe the protected resource that a place is, for the
 * metadata that it publishes (RFC 9728 2). Documents are made at start, so
 * their rows are refused in a .htaccess.
 */
#ifndef MAI_PUBLISHING_H
#define MAI_PUBLISHING_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* Functions of rows (setter.h). */
const char *mai_publishing_url(mai_dir_t *dir, cmd_parms *cmd, const char *url,
                               const char *root);
const char *mai_publishing_scopes(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                  char *const argv[]);
const char *mai_publishing_servers(mai_dir_t *dir, cmd_parms *cmd, int argc,
                                   char *const argv[]);
const char *mai_publishing_documentation(mai_dir_t *dir, cmd_parms *cmd,
                                         const char *url);
const char *mai_publishing_member(mai_dir_t *dir, cmd_parms *cmd,
                                  const char *name, const char *value);

/* Note that a Require line of this section asks for these scopes, for a
 * warning at start. */
void mai_publishing_require(cmd_parms *cmd, const char *scopes);

#endif
