/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded free list: things are kept for reuse, last in, first out, by all
 * threads of a process. What is unused for too long is returned to be closed.
 */
#ifndef TI_FREELIST_H
#define TI_FREELIST_H

#include <apr_pools.h>
#include <apr_time.h>

typedef struct ti_freelist_t ti_freelist_t;

/* An empty list for up to `size` things (0: it keeps nothing), each unused for
 * at most `age`. The things stay their owner's: empty the list before `p` is
 * destroyed. */
apr_status_t ti_freelist_create(ti_freelist_t **list, int size,
                                apr_interval_time_t age, apr_pool_t *p);

/* Take the thing with this hash that was put last; NULL: there is none.
 * Different things may share a hash: the caller must be able to use any. */
void *ti_freelist_take(ti_freelist_t *list, apr_uint64_t hash);

/* Put a thing. Returns one that the caller must close now, or NULL: the oldest
 * when the list is full or it was unused too long, or this one when nothing is
 * kept. Each put takes away at least as much as it adds once things are too
 * old. */
void *ti_freelist_put(ti_freelist_t *list, apr_uint64_t hash, void *thing,
                      apr_time_t now);

/* Take the oldest thing of any hash, if it was put at `before` or earlier;
 * NULL: there is none. */
void *ti_freelist_sweep(ti_freelist_t *list, apr_time_t before);

#endif
