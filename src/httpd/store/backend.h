/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds a store's entries: a Redis, by a client of our own; or one of
 * httpd's socache providers, found, opened, locked where it needs that, and
 * asked.
 */
#ifndef MAI_BACKEND_H
#define MAI_BACKEND_H

#include <httpd.h>

#include "store/async.h"

typedef struct mai_backend_t mai_backend_t;

/* Read "PROVIDER[:ARGS]". NULL, or a complaint. */
const char *mai_backend_create(mai_backend_t **provider, const char *text,
                               apr_pool_t *p, apr_pool_t *ptemp);

/* Its name, without arguments. */
const char *mai_backend_name(const mai_backend_t *provider);

/* Does each call end in time by itself? Another one may hang. */
int mai_backend_is_bounded(const mai_backend_t *provider);

/* post_config: IntrospectCachePassword, whose words live as long as `provider`.
 * Zero: this one takes none. */
int mai_backend_login(mai_backend_t *provider, const char *password,
                      const char *sentinels);

/* pre_config: name the mutex, for the Mutex directive. */
void mai_backend_register(apr_pool_t *pconf);

/* post_config: open it; closed when `pconf` goes. */
apr_status_t mai_backend_open(mai_backend_t *provider, server_rec *s,
                              apr_pool_t *pconf);

/* child_init. */
apr_status_t mai_backend_child(mai_backend_t *provider, apr_pool_t *pchild);

/* The call's work, its `self` the provider: read the value of a name into
 * its bytes, or write them, so that they can be read until `expires` at
 * least. APR_NOTFOUND for nothing there, and for a value without room in the
 * bytes what mai_backend_overflow knows; other statuses are the provider's. */
apr_status_t mai_backend_perform(mai_async_t *call);

/* Does this status say that a value had no room? */
int mai_backend_overflow(apr_status_t rv);

#endif
