/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions of a server: its metadata and files make a new one when they change.
 */
#ifndef MAI_VERSION_H
#define MAI_VERSION_H

#include "server/combination.h"

/* In child_init: from now on keep versions in `pchild`. */
void mai_version_child(apr_pool_t *pchild);

/* Make a version with these metadata, fetched at `when` (steady). It is current
 * from the next question on. NULL, or a complaint in `p`: then the server is
 * unchanged. For a server that does not outlive its request, the version is in
 * `p`. */
const char *mai_version_adopt(mai_combination_t *server, const char *text,
                              apr_time_t when, apr_pool_t *p);

/* Make a version with the bearer token, certificate and authorities of `read`;
 * its other settings stay. NULL, or a complaint in `p`: then the server is
 * unchanged. Only for a server that outlives requests. Ends a look at its
 * files. */
const char *mai_version_reread(mai_combination_t *server,
                               const ti_server_t *read, apr_pool_t *p);

#endif
