/* SPDX-License-Identifier: Apache-2.0
 *
 * Which pages of other origins may use a place (Fetch, CORS): the directives,
 * and whether an origin is listed.
 */
#ifndef MAI_CORS_H
#define MAI_CORS_H

#include <httpd.h>
#include <http_config.h>

/* The directives: NULL, or a complaint that says what to write. */
const char *mai_cors_origins(cmd_parms *cmd, void *config, int argc,
                             char *const argv[]);

/* Is this value of the header Origin among them (of const char *)? */
int mai_cors_lists(const apr_array_header_t *origins, const char *origin);

#endif
