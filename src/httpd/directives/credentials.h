/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say how we prove who we are to the authorization
 * server. Each is a handler of httpd's directive table: NULL, or a complaint
 * that says what to write, and never holds a secret.
 */
#ifndef MAI_CREDENTIALS_H
#define MAI_CREDENTIALS_H

#include <httpd.h>
#include <http_config.h>

const char *mai_credentials_method(cmd_parms *cmd, void *config,
                                   const char *word, const char *alg);
const char *mai_credentials_key(cmd_parms *cmd, void *config, const char *text);
const char *mai_credentials_audience(cmd_parms *cmd, void *config,
                                     const char *word);
const char *mai_credentials_certificate(cmd_parms *cmd, void *config,
                                        const char *path);
const char *mai_credentials_certificate_key(cmd_parms *cmd, void *config,
                                            const char *path);
const char *mai_credentials_passphrase(cmd_parms *cmd, void *config,
                                       const char *text);

#endif
