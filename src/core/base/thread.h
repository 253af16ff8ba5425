/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads of our own beside httpd's: they leave httpd's signals to its own
 * threads, since a thread inherits the signal mask of who starts it.
 */
#ifndef TI_THREAD_H
#define TI_THREAD_H

#include <apr_errno.h>
#include <signal.h>

/* Block all signals of the calling thread, around the start of another one.
 * *before gets the mask for ti_thread_unblock. */
void ti_thread_block(sigset_t *before);

/* Put back the mask from before ti_thread_block. */
void ti_thread_unblock(const sigset_t *before);

/* Start a detached thread with all signals blocked. `data` belongs to `run`
 * from then on. Not apr_thread_create: a thread that outlives its starter must
 * not live in a pool that it destroys itself. */
apr_status_t ti_thread_detach(void *(*run)(void *), void *data);

#endif
