/* SPDX-License-Identifier: Apache-2.0
 *
 * Wait until a word in shared memory changes: by Linux's futex, which only this
 * file knows, elsewhere by short naps.
 */
#ifndef TI_WAIT_H
#define TI_WAIT_H

#include <apr.h>
#include <apr_time.h>

/* Sleep while *word is `seen`, for at most `time`. May return early. */
void ti_wait(const apr_uint32_t *word, apr_uint32_t seen,
             apr_interval_time_t time);

/* Wake all threads, in all processes, that sleep on this word. */
void ti_wait_wake(const apr_uint32_t *word);

#endif
