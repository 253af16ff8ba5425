/* SPDX-License-Identifier: Apache-2.0
 *
 * Identifiers that are good once: jti of what an authorization server signs
 * for us (RFC 7519 4.1.7). In shared memory, as keyed digests.
 */
#ifndef TI_ONCE_H
#define TI_ONCE_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_time.h>

#include "base/key.h"

/* So many are known at a time; beyond that the one that expires first is
 * evicted. Only a holder of the server's signing key can cause that. */
#define TI_ONCE_MAX 1024

typedef struct ti_once_t ti_once_t;

/* Bytes of shared memory that they need. */
apr_size_t ti_once_size(void);

/* Make (`fresh` nonzero) or take over the table at `memory`, which is shared
 * and aligned to 64. `secret` has TI_SECRET_SIZE bytes. The handle is in `p`.
 * APR_TIMEUP: a stopped process holds the lock of the table to take over.
 */
apr_status_t ti_once_open(ti_once_t **once, void *memory, int fresh,
                          const void *secret, apr_pool_t *p);

/* After that: copy the table at `from` to `memory`, with a new lock. */
apr_status_t ti_once_copy(ti_once_t **once, void *memory, const void *from,
                          const void *secret, apr_pool_t *p);

/* Take an identifier of the server with this identity. APR_SUCCESS: this is
 * the first time, and no other caller gets it until `until` (steady clock, as
 * `now`); APR_EEXIST: it was taken before; any other status: unknown, and
 * nothing was taken. */
apr_status_t ti_once_take(ti_once_t *once, const ti_key_t *identity,
                          const char *id, apr_time_t until, apr_time_t now);

/* Give it back: the action it stood for did not happen. */
void ti_once_give(ti_once_t *once, const ti_key_t *identity, const char *id);

#endif
