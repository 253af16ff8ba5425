/* SPDX-License-Identifier: Apache-2.0
 *
 * A server as its metadata and files say: another version when they change.
 */
#ifndef MAI_VERSION_H
#define MAI_VERSION_H

#include "server/combination.h"

/* From child_init on: keep versions in `pchild`. */
void mai_version_child(apr_pool_t *pchild);

/* Let the server be as its metadata, had at `when`, say: from the next question
 * on. NULL, or a complaint in `p`, and it is as before. One that does not last
 * is made in `p`. */
const char *mai_version_adopt(mai_combination_t *server, const char *text,
                              apr_time_t when, apr_pool_t *p);

/* Let the server have what files held: bearer token, certificate and
 * authorities of `read`, and its other settings as they are. NULL, or a
 * complaint in `p`, and it is as before. For one that lasts; a look at its
 * files ends with it. */
const char *mai_version_reread(mai_combination_t *server,
                               const ti_server_t *read, apr_pool_t *p);

#endif
