/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectScopeSyntax: where scopes stand in a token, and what they cover. A
 * handler of httpd's directive table.
 */
#ifndef MAI_SCOPES_H
#define MAI_SCOPES_H

#include <httpd.h>
#include <http_config.h>

/* NULL, or a complaint that says what to write. */
const char *mai_scopes_syntax(cmd_parms *cmd, void *config, int argc,
                              char *const argv[]);

#endif
