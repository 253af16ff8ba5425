/* SPDX-License-Identifier: Apache-2.0
 *
 * The directives that say where answers are remembered, once for the whole
 * httpd. Handlers of httpd's directive table: NULL, or a complaint.
 */
#ifndef MAI_CACHING_H
#define MAI_CACHING_H

#include <httpd.h>
#include <http_config.h>

/* IntrospectCache shm[:SIZE] | PROVIDER[:ARGS] | both | none; in front of a
 * provider that others can reach there is always a table. */
const char *mai_caching_cache(cmd_parms *cmd, void *config, const char *first,
                              const char *second);

/* IntrospectCacheSecret SECRET [PREVIOUS] */
const char *mai_caching_secret(cmd_parms *cmd, void *config, const char *first,
                               const char *second);

/* IntrospectCachePassword SECRET [SENTINELS] */
const char *mai_caching_password(cmd_parms *cmd, void *config, const char *text,
                                 const char *sentinels);

#endif
