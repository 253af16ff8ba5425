/* SPDX-License-Identifier: Apache-2.0
 *
 * An entry as it lies in a store that others can reach: sealed, and with the
 * wall clock's times, for other machines.
 */
#ifndef MAI_ENTRY_H
#define MAI_ENTRY_H

#include "base/world.h"
#include "cache/cache.h"
#include "cache/seal.h"
#include "store/async.h"

/* What opens and closes entries of one store. */
typedef struct mai_entries_t {
    const ti_seal_t *seal;
    const ti_world_t *world;
} mai_entries_t;

/* Seal an entry for a call that writes it: its name, bytes and times are the
 * call's. */
apr_status_t mai_entry_close(mai_async_t *call, const mai_entries_t *entries,
                             const ti_key_t *key, const ti_entry_t *entry);

/* Open what a call has read into *entry, whose bytes are in `p`: only an entry
 * that was sealed for this key and is valid now. APR_NOTFOUND for all else;
 * *why then says why the value is refused, or is NULL if the log need not know.
 */
apr_status_t mai_entry_open(ti_entry_t *entry, const char **why,
                            const mai_entries_t *entries,
                            const mai_async_t *call, const ti_key_t *key,
                            apr_pool_t *p);

/* Nonzero: the call has also read a slot that many tokens share. Its entry is
 * about this token and younger than *entry, which it replaces. */
int mai_entry_open_other(ti_entry_t *entry, const mai_entries_t *entries,
                         const mai_async_t *call, const ti_key_t *key,
                         apr_pool_t *p);

#endif
