/* SPDX-License-Identifier: Apache-2.0
 *
 * The backend that holds a store's entries: a Redis, by a client of our own, or
 * one of httpd's socache providers. A provider is locked where it needs that.
 */
#ifndef MAI_BACKEND_H
#define MAI_BACKEND_H

#include <httpd.h>

#include "store/async.h"

typedef struct mai_backend_t mai_backend_t;

/* Read "PROVIDER[:ARGS]". NULL, or a complaint. */
const char *mai_backend_create(mai_backend_t **backend, const char *text,
                               apr_pool_t *p, apr_pool_t *ptemp);

/* Its name, without arguments. */
const char *mai_backend_name(const mai_backend_t *backend);

/* Does each call of this backend end in time by itself? Else a call may hang.
 */
int mai_backend_is_bounded(const mai_backend_t *backend);

/* post_config: IntrospectCachePassword, whose words live as long as `backend`.
 * Zero: this one takes none. */
int mai_backend_login(mai_backend_t *backend, const char *password,
                      const char *sentinels);

/* pre_config: name the mutex, for the Mutex directive. */
void mai_backend_register(apr_pool_t *pconf);

/* post_config: open it; closed when `pconf` goes. */
apr_status_t mai_backend_open(mai_backend_t *backend, server_rec *s,
                              apr_pool_t *pconf);

/* child_init. */
apr_status_t mai_backend_child(mai_backend_t *backend, apr_pool_t *pchild);

/* The work of a call whose `self` is the backend: read the value of a name into
 * the call's bytes, or write them, readable until `expires` at least.
 * APR_NOTFOUND: there is no value. mai_backend_overflow knows the status of a
 * value that is larger than the bytes. Other statuses are the backend's. */
apr_status_t mai_backend_perform(mai_async_t *call);

/* Does this status say that a value had no room? */
int mai_backend_overflow(apr_status_t rv);

#endif
