/* SPDX-License-Identifier: Apache-2.0
 *
 * A cache in front of another: the table of this httpd, and behind it a store
 * that several machines share.
 */
#ifndef TI_TIERS_H
#define TI_TIERS_H

#include "cache/cache.h"

/* How long an inactive answer is kept in front when the cache behind did not
 * take it: an older active one may still be there and must not return. It is
 * longer than an answer is kept in any sensible configuration. */
#define TI_TIERS_INACTIVE_AGE apr_time_from_sec(3600)

/* A cache that reads the front, then the back, whose entries it copies to the
 * front; it stores in both. An entry from the back never replaces a newer one
 * in front. `fetch_younger` reads the back for a caller that finds the entry in
 * front too old. It lives in `p`, and both caches live as long at least. */
ti_cache_t *ti_tiers_cache(ti_cache_t *front, ti_cache_t *back, apr_pool_t *p);

#endif
