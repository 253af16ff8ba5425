/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads beside httpd's. They block all signals, so that httpd's own threads
 * get them: a thread inherits the signal mask of the one that starts it.
 */
#ifndef TI_THREAD_H
#define TI_THREAD_H

#include <signal.h>
#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_thread_proc.h>

/* Block all signals of the calling thread but those of a crash, around the
 * start of another one or what no signal may interrupt. *before gets the mask
 * for ti_thread_unblock. */
void ti_thread_block(sigset_t *before);

/* Restore the mask from before ti_thread_block. */
void ti_thread_unblock(const sigset_t *before);

/* Does the calling thread block this signal? Its handler does, too. */
int ti_thread_blocks(int number);

/* Start a thread with all signals blocked that ends with `p`: `end`, which
 * stops and joins it, runs before anything of `p` is destroyed. Both get
 * `data`. */
apr_status_t ti_thread_attach(apr_thread_t **thread, apr_thread_start_t run,
                              apr_status_t (*end)(void *), void *data,
                              apr_pool_t *p);

/* Start a detached thread with all signals blocked. `data` belongs to `run`
 * from then on. Not apr_thread_create: a thread that outlives its starter must
 * not live in a pool that it destroys itself. A process that exits while one
 * runs does so without the rest of its exit handlers. */
apr_status_t ti_thread_detach(void *(*run)(void *), void *data);

#endif
