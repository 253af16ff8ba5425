/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that choose the authorization server and hold our credentials:
 * never in .htaccess, whose author must neither read secrets nor choose where
 * tokens are sent. Each is a handler of httpd's directive table: NULL, or a
 * complaint that says what to write.
 */
#ifndef MAI_AUTHORITY_H
#define MAI_AUTHORITY_H

#include <httpd.h>
#include <http_config.h>

#include "ask/server.h"

/* The section's authorization server; made when its first setting comes. A
 * complaint in a .htaccess, also where AllowOverrideList lets any directive in:
 * its author must not choose whom tokens are sent to, and its pool ends with
 * the request. */
const char *mai_authority_of(ti_server_t **server, cmd_parms *cmd,
                             void *config);

const char *mai_authority_endpoint(cmd_parms *cmd, void *config, int argc,
                                   char *const argv[]);
const char *mai_authority_discovery(cmd_parms *cmd, void *config,
                                    const char *issuer, const char *word);
const char *mai_authority_client_id(cmd_parms *cmd, void *config,
                                    const char *id);
const char *mai_authority_client_secret(cmd_parms *cmd, void *config,
                                        const char *text);
const char *mai_authority_bearer(cmd_parms *cmd, void *config,
                                 const char *text);
const char *mai_authority_hint(cmd_parms *cmd, void *config, const char *word);
const char *mai_authority_param(cmd_parms *cmd, void *config, const char *name,
                                const char *value);
const char *mai_authority_timeout(cmd_parms *cmd, void *config,
                                  const char *total, const char *connect);
const char *mai_authority_refresh(cmd_parms *cmd, void *config,
                                  const char *word);
const char *mai_authority_calls_max(cmd_parms *cmd, void *config,
                                    const char *word);
const char *mai_authority_jwks_url(cmd_parms *cmd, void *config,
                                   const char *url);

/* A time, or On or Off, at the offset in ti_server_t that the row's cmd_data
 * has (APR_OFFSETOF). */
const char *mai_authority_time(cmd_parms *cmd, void *config, const char *word);
const char *mai_authority_switch(cmd_parms *cmd, void *config,
                                 const char *word);

#endif
