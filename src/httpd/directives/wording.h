/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says to clients in challenges: the scopes, and
 * AuthName as the realm.
 */
#ifndef MAI_WORDING_H
#define MAI_WORDING_H

#include <httpd.h>
#include <http_config.h>

#include "config/config.h"

/* The function of a row (setter.h). */
const char *mai_wording_scope(mai_dir_t *dir, cmd_parms *cmd, int argc,
                              char *const argv[]);

/* httpd's handler of AuthName, which is another module's: it only looks on, and
 * returns DECLINE_CMD. */
const char *mai_wording_realm(cmd_parms *cmd, void *config, const char *name);

/* Would clients that search challenges by regular expression take a part of
 * this text for a parameter, or would it break the header? Many join all
 * challenges and take the first `scope=` that they find. */
int mai_wording_misleads(const char *text);

#endif
