/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that describe the protected resource that a place is, for the
 * metadata that it publishes (RFC 9728 2): never in .htaccess.
 */
#ifndef MAI_PUBLISHING_H
#define MAI_PUBLISHING_H

#include <httpd.h>
#include <http_config.h>

/* The directives: NULL, or a complaint that says what to write. */
const char *mai_publishing_url(cmd_parms *cmd, void *config, const char *url,
                             const char *root);
const char *mai_publishing_scopes(cmd_parms *cmd, void *config, int argc,
                                char *const argv[]);
const char *mai_publishing_servers(cmd_parms *cmd, void *config, int argc,
                                 char *const argv[]);
const char *mai_publishing_documentation(cmd_parms *cmd, void *config,
                                       const char *url);
const char *mai_publishing_member(cmd_parms *cmd, void *config, const char *name,
                                const char *value);

/* Note that a Require line of this section asks for these scopes, for a
 * warning at start. */
void mai_publishing_require(cmd_parms *cmd, const char *scopes);

#endif
