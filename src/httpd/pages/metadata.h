/* SPDX-License-Identifier: Apache-2.0
 *
 * Protected resource metadata (RFC 9728 3): made at start, served without a
 * token at the well-known places, whatever the authorization server does.
 */
#ifndef MAI_METADATA_H
#define MAI_METADATA_H

#include <httpd.h>

/* check_config: can each resource be published? The number of complaints,
 * which are logged. */
int mai_metadata_check(apr_pool_t *ptemp, server_rec *main_server);

/* post_config: make the documents, in `pconf`. */
void mai_metadata_learn(apr_pool_t *pconf, server_rec *main_server);

/* httpd's quick_handler hook: before any place is looked up, so no place's
 * Require line can keep clients from learning where to get a token. */
int mai_metadata_serve(request_rec *r, int lookup);

#endif
