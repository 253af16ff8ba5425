/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say how we prove who we are to the authorization
 * server: functions of rows (setter.h). No complaint holds a secret.
 */
#ifndef MAI_CREDENTIALS_H
#define MAI_CREDENTIALS_H

#include <httpd.h>
#include <http_config.h>

#include "ask/server.h"

const char *mai_credentials_method(ti_server_t *server, cmd_parms *cmd,
                                   const char *word, const char *alg);
const char *mai_credentials_secret(ti_server_t *server, cmd_parms *cmd,
                                   const char *text, const char *former);
const char *mai_credentials_bearer(ti_server_t *server, cmd_parms *cmd,
                                   const char *text);
const char *mai_credentials_key(ti_server_t *server, cmd_parms *cmd,
                                const char *text);
const char *mai_credentials_audience(ti_server_t *server, cmd_parms *cmd,
                                     const char *word);
const char *mai_credentials_certificate(ti_server_t *server, cmd_parms *cmd,
                                        const char *path);
const char *mai_credentials_certificate_key(ti_server_t *server, cmd_parms *cmd,
                                            const char *path);

#endif
