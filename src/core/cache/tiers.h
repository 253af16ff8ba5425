/* SPDX-License-Identifier: Apache-2.0
 *
 * One cache in front of another: the table of this httpd, and behind it a store
 * that several machines can share.
 */
#ifndef TI_TIERS_H
#define TI_TIERS_H

#include "cache/cache.h"

/* How long the front keeps an inactive answer that could not be stored behind,
 * where an older active one may still be: that one must not return. Longer than
 * any sensible configuration keeps an answer. */
#define TI_TIERS_INACTIVE_AGE apr_time_from_sec(3600)

/* A cache, in `p`, that reads the front, then the back, and copies entries from
 * the back to the front. It stores in both. An entry from the back never
 * replaces a newer one in front. `fetch_younger` reads the back, for a caller
 * that finds the entry in front too old. Both caches must outlive `p`. */
ti_cache_t *ti_tiers_cache(ti_cache_t *front, ti_cache_t *back, apr_pool_t *p);

#endif
