/* SPDX-License-Identifier: Apache-2.0
 *
 * A store (a Redis, or one of httpd's socache providers: shmcb, memcache, ...)
 * as a cache. Entries are sealed. A store that is down, slow or full of foreign
 * values is a miss, and calls to it pause for a while.
 */
#ifndef MAI_SOCACHE_H
#define MAI_SOCACHE_H

#include <httpd.h>

#include "base/world.h"
#include "cache/cache.h"
#include "cache/seal.h"

typedef struct mai_socache_t mai_socache_t;

/* Read "PROVIDER[:ARGS]" of IntrospectCache. NULL, or a complaint. */
const char *mai_socache_create(mai_socache_t **socache, const char *text,
                               apr_pool_t *p, apr_pool_t *ptemp);

/* Is the store inside this httpd, out of the reach of others? */
int mai_socache_is_local(const mai_socache_t *socache);

/* post_config: open the store; closed when `pconf` goes. */
apr_status_t mai_socache_open(mai_socache_t *socache, server_rec *s,
                              apr_pool_t *pconf);

/* post_config: IntrospectCachePassword, whose words live as long as `socache`.
 * Zero: this store takes none. */
int mai_socache_login(mai_socache_t *socache, const char *password,
                      const char *sentinels);

/* child_init. */
apr_status_t mai_socache_child(mai_socache_t *socache, apr_pool_t *pchild);

/* The store as a cache of this process, in `p`, for requests: the entries under
 * the names of this seal. A failure is a miss, and no request waits until an
 * active answer is written. */
ti_cache_t *mai_socache_cache(mai_socache_t *socache, const ti_seal_t *seal,
                              const ti_world_t *world, apr_pool_t *p);

/* The same cache for a thread of ours. Requests that wait for a slow store do
 * not delay it, a write has ended when the call returns, and only APR_NOTFOUND
 * means that the store has nothing. */
ti_cache_t *mai_socache_own(const ti_cache_t *cache, apr_pool_t *p);

#endif
