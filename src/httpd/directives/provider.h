/* SPDX-License-Identifier: Apache-2.0
 *
 * Our authn provider as a configuration names it: AuthType Introspect,
 * AuthBasicProvider introspect, and <AuthnProviderAlias introspect NAME>. These
 * directives are other modules': we only look on, so that a place that cannot
 * verify tokens, or sends passwords to the authorization server, is noticed at
 * start.
 */
#ifndef MAI_PROVIDER_CONFIG_H
#define MAI_PROVIDER_CONFIG_H

#include <httpd.h>
#include <http_config.h>

struct mai_dir_t;

/* Forget the aliases of the last reading; those of this one are in `pconf`. */
void mai_provider_begin(apr_pool_t *pconf);

/* Setters that look on: they return DECLINE_CMD. */
const char *mai_provider_auth_type(cmd_parms *cmd, void *config,
                                   const char *type);
const char *mai_provider_basic(cmd_parms *cmd, void *config,
                               const char *provider);
const char *mai_provider_alias(cmd_parms *cmd, void *config, const char *args);

/* A directive of ours makes settings in `dir`. Within an alias of our provider
 * that section is a place of ours. */
void mai_provider_note(cmd_parms *cmd, struct mai_dir_t *dir);

#endif
