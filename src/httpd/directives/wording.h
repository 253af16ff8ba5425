/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says to clients in challenges: the scopes, and
 * AuthName as the realm.
 */
#ifndef MAI_WORDING_H
#define MAI_WORDING_H

#include <httpd.h>
#include <http_config.h>

/* The directives: NULL, or a complaint that says what to write. AuthName is
 * another module's: we only look on. */
const char *mai_wording_scope(cmd_parms *cmd, void *config, int argc,
                              char *const argv[]);
const char *mai_wording_realm(cmd_parms *cmd, void *config, const char *name);

/* Would clients that search challenges by regular expression take a part of
 * this text for a parameter, or would it break the header? Many join all
 * challenges and take the first `scope=` that they find. */
int mai_wording_misleads(const char *text);

#endif
