/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say how the authorization server is reached, and what
 * proves that it is the one that answers: functions of rows (setter.h).
 */
#ifndef MAI_PASSAGE_H
#define MAI_PASSAGE_H

#include <httpd.h>
#include <http_config.h>

#include "ask/server.h"

const char *mai_passage_tls_ca_file(ti_server_t *server, cmd_parms *cmd,
                                    const char *name);
const char *mai_passage_tls_min(ti_server_t *server, cmd_parms *cmd,
                                const char *word);
const char *mai_passage_tls_pin(ti_server_t *server, cmd_parms *cmd, int argc,
                                char *const argv[]);
const char *mai_passage_proxy(ti_server_t *server, cmd_parms *cmd,
                              const char *url);
const char *mai_passage_proxy_login(ti_server_t *server, cmd_parms *cmd,
                                    const char *text);
const char *mai_passage_no_proxy(ti_server_t *server, cmd_parms *cmd, int argc,
                                 char *const argv[]);
const char *mai_passage_header(ti_server_t *server, cmd_parms *cmd,
                               const char *name, const char *value);

#endif
