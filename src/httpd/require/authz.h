/* SPDX-License-Identifier: Apache-2.0
 *
 * May they: Require claim, scope and audience, parsed when the configuration
 * is read and asked about each request's claims; and 403 where one says no.
 */
#ifndef MAI_AUTHZ_H
#define MAI_AUTHZ_H

#include <httpd.h>
#include <http_config.h>
#include <mod_auth.h>

/* Register our providers; again in pre_config, when all modules are loaded:
 * another module's provider of the same name keeps its own requests. */
void mai_authz_register(apr_pool_t *pconf);

/* Register one provider of a Require line, which lives as long as the module:
 * for other files of this room. */
void mai_authz_add(apr_pool_t *pconf, const char *name,
                   const authz_provider *provider);

/* Does the line that is being read stand where it must not be met: in Require
 * not or <RequireNone>? A challenge must not ask for it. */
int mai_authz_is_negated(const cmd_parms *cmd);

/* Is it read for <AuthzProviderAlias>, where that cannot be seen? */
int mai_authz_is_aliased(const cmd_parms *cmd);

/* What a line says while lines are listed (hearing.h): it is noted. Else, and
 * where nothing is supposed, `status`. `parsed` is the line's own. */
authz_status mai_authz_hear(request_rec *r, const char *name, const char *args,
                            const void *parsed, int negated,
                            authz_status status);

/* httpd's auth_checker hook, before all others. */
int mai_authz_check(request_rec *r);

/* Refuse a request that we authenticated and that Require does not let in.
 * Returns the status. */
int mai_authz_refuse(request_rec *r);

#endif
