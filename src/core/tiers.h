/* SPDX-License-Identifier: Apache-2.0
 *
 * A cache in front of another: the table of this httpd, and behind it a store
 * that several machines share.
 */
#ifndef TI_TIERS_H
#define TI_TIERS_H

#include "cache.h"

/* Found in front, or behind and then put in front; stored in both. Lives in
 * `p`, as do both caches at least. */
ti_cache_t *ti_tiers_cache(ti_cache_t *front, ti_cache_t *back, apr_pool_t *p);

#endif
