/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say how the authorization server is reached, and what
 * proves that it is the one that answers: never in .htaccess. Each is a handler
 * of httpd's directive table: NULL, or a complaint that says what to write.
 */
#ifndef MAI_PASSAGE_H
#define MAI_PASSAGE_H

#include <httpd.h>
#include <http_config.h>

const char *mai_passage_tls_ca_file(cmd_parms *cmd, void *config,
                                    const char *name);
const char *mai_passage_tls_min(cmd_parms *cmd, void *config, const char *word);
const char *mai_passage_tls_pin(cmd_parms *cmd, void *config, int argc,
                                char *const argv[]);
const char *mai_passage_proxy(cmd_parms *cmd, void *config, const char *url);
const char *mai_passage_proxy_login(cmd_parms *cmd, void *config,
                                    const char *text);
const char *mai_passage_no_proxy(cmd_parms *cmd, void *config, int argc,
                                 char *const argv[]);
const char *mai_passage_header(cmd_parms *cmd, void *config, const char *name,
                               const char *value);

#endif
