/* SPDX-License-Identifier: Apache-2.0
 *
 * Sleep on a word in shared memory until it changes: Linux's futex, the only
 * file that knows it; elsewhere short naps.
 */
#ifndef TI_WAIT_H
#define TI_WAIT_H

#include <apr.h>
#include <apr_time.h>

/* Sleep while *word is `seen`, for at most `time`. May return early. */
void ti_wait(const apr_uint32_t *word, apr_uint32_t seen,
             apr_interval_time_t time);

/* Wake all, in all processes, who sleep on this word. */
void ti_wait_wake(const apr_uint32_t *word);

#endif
