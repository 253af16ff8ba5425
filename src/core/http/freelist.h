/* SPDX-License-Identifier: Apache-2.0
 *
 * Things that are kept for reuse: a bounded shelf, last in, first out, for all
 * threads of a process. What lies unused at its back is given out for closing.
 */
#ifndef TI_FREELIST_H
#define TI_FREELIST_H

#include <apr_pools.h>
#include <apr_time.h>

typedef struct ti_freelist_t ti_freelist_t;

/* An empty shelf for up to `size` things (0: it keeps nothing), each for at
 * most `age` unused. The things themselves stay their owner's: empty the shelf
 * before `p` goes. */
apr_status_t ti_freelist_create(ti_freelist_t **shelf, int size,
                                apr_interval_time_t age, apr_pool_t *p);

/* Take the thing with this label that was put last; NULL: there is none.
 * Different things may share a label: the taker must be able to use any. */
void *ti_freelist_take(ti_freelist_t *shelf, unsigned int label);

/* Put a thing. Returns one that the caller must close now, or NULL: the oldest
 * when the shelf is full or it lay too long, or this one when nothing is kept.
 * Each put takes away at least as much as it adds once things are too old. */
void *ti_freelist_put(ti_freelist_t *shelf, unsigned int label, void *thing,
                      apr_time_t now);

/* Take the oldest thing, whatever its label; NULL: the shelf is empty. */
void *ti_freelist_empty(ti_freelist_t *shelf);

#endif
