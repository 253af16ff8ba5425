/* SPDX-License-Identifier: Apache-2.0
 *
 * The number of requests that wait for authorization servers, over all
 * processes. Each of them holds a worker of httpd; a server that does not
 * answer must not hold all of them.
 */
#ifndef TI_WAITERS_H
#define TI_WAITERS_H

#include <apr_pools.h>

/* Processes that are counted; a usual httpd has some ten, and a prefork one
 * some hundred. Requests of further ones are not counted. */
#define TI_WAITERS_PROCESSES 2048

typedef struct ti_waiters_t ti_waiters_t;

/* Bytes of shared memory for the counters. */
apr_size_t ti_waiters_size(void);

/* Make (`fresh` nonzero: zero them) or take over the counters at `memory`,
 * which is shared and aligned to 64. The handle is in `p`. */
apr_status_t ti_waiters_open(ti_waiters_t **waiters, void *memory, int fresh,
                             apr_pool_t *p);

/* Give this process a counter of its own, or that of a process that is gone;
 * once, after the fork. */
void ti_waiters_attach(ti_waiters_t *waiters);

/* A request begins, or ends, to wait. No lock, no system call; NULL does
 * nothing. */
void ti_waiters_add(ti_waiters_t *waiters);
void ti_waiters_remove(ti_waiters_t *waiters);

/* How many wait now. NULL: 0. */
apr_uint32_t ti_waiters_count(const ti_waiters_t *waiters);

/* A process is dead: its requests no longer wait. For its parent; NULL does
 * nothing. */
void ti_waiters_reap(ti_waiters_t *waiters, apr_int64_t number);

#endif
