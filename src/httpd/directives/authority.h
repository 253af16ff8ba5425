/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that choose the authorization server and say how it is asked:
 * functions of rows (setter.h).
 */
#ifndef MAI_AUTHORITY_H
#define MAI_AUTHORITY_H

#include <httpd.h>
#include <http_config.h>

#include "ask/server.h"

const char *mai_authority_endpoint(ti_server_t *server, cmd_parms *cmd,
                                   int argc, char *const argv[]);
const char *mai_authority_discovery(ti_server_t *server, cmd_parms *cmd,
                                    const char *issuer, const char *word);
const char *mai_authority_client_id(ti_server_t *server, cmd_parms *cmd,
                                    const char *id);
const char *mai_authority_hint(ti_server_t *server, cmd_parms *cmd,
                               const char *word);
const char *mai_authority_param(ti_server_t *server, cmd_parms *cmd,
                                const char *name, const char *value);
const char *mai_authority_timeout(ti_server_t *server, cmd_parms *cmd,
                                  const char *total, const char *connect);
const char *mai_authority_refresh(ti_server_t *server, cmd_parms *cmd,
                                  const char *word);
const char *mai_authority_calls_max(ti_server_t *server, cmd_parms *cmd,
                                    const char *word);
const char *mai_authority_jwks_url(ti_server_t *server, cmd_parms *cmd,
                                   const char *url);

#endif
