/* SPDX-License-Identifier: Apache-2.0 */
#include "store/entry.h"

#include <string.h>

static ti_seal_time_t open_bytes(ti_entry_t *entry,
                                 const mai_entries_t *entries,
                                 const ti_key_t *key,
                                 const unsigned char *bytes, apr_size_t size,
                                 apr_pool_t *p);

apr_status_t mai_entry_close(mai_async_t *call, const mai_entries_t *entries,
                             const ti_key_t *key, const ti_entry_t *entry)
{
    ti_now_t now = ti_world_now(entries->world);
    ti_entry_t dated = *entry;
    apr_status_t rv = ti_seal_name(&call->name, entries->seal, key);

    dated.answered = ti_now_to_wall(&now, entry->answered);
    dated.expires = ti_now_to_wall(&now, entry->expires);
    call->expires = dated.expires;
    call->is_no = entry->kind == TI_KIND_INACTIVE;
    return rv == APR_SUCCESS
               ? ti_seal_close(&call->bytes, &call->size, entries->seal, key,
                               &dated, call->p)
               : rv;
}

apr_status_t mai_entry_open(ti_entry_t *entry, const char **why,
                            const mai_entries_t *entries,
                            const mai_async_t *call, const ti_key_t *key,
                            apr_pool_t *p)
{
    ti_seal_time_t when =
        open_bytes(entry, entries, key, call->bytes, call->size, p);

    *why = NULL;
    if (entry->kind == TI_KIND_NONE) {
        *why = "it was not sealed with our IntrospectCacheSecret, or was "
               "altered";
    } else if (when == TI_SEAL_AHEAD) {
        *why = "it comes from the future (do the clocks of the machines "
               "differ?)";
    }
    if (when != TI_SEAL_TIMELY) {
        memset(entry, 0, sizeof(*entry));
        return APR_NOTFOUND;
    }
    return APR_SUCCESS;
}

int mai_entry_open_other(ti_entry_t *entry, const mai_entries_t *entries,
                         const mai_async_t *call, const ti_key_t *key,
                         apr_pool_t *p)
{
    ti_entry_t other;

    if (open_bytes(&other, entries, key, call->other, call->other_size, p) !=
            TI_SEAL_TIMELY ||
        other.kind != TI_KIND_INACTIVE ||
        (entry->kind != TI_KIND_NONE && other.answered <= entry->answered)) {
        return 0;
    }
    *entry = other;
    return 1;
}

/* Of kind TI_KIND_NONE where it is not ours. Its times are the steady clock's
 * then. */
static ti_seal_time_t open_bytes(ti_entry_t *entry,
                                 const mai_entries_t *entries,
                                 const ti_key_t *key,
                                 const unsigned char *bytes, apr_size_t size,
                                 apr_pool_t *p)
{
    ti_now_t now = ti_world_now(entries->world);
    ti_seal_time_t when;

    if (ti_seal_open(entry, entries->seal, key, bytes, size, p) !=
        APR_SUCCESS) {
        memset(entry, 0, sizeof(*entry));
        return TI_SEAL_OVER;
    }
    when = ti_seal_time(entry, now.wall);
    entry->answered = ti_now_to_steady(&now, entry->answered);
    entry->expires = ti_now_to_steady(&now, entry->expires);
    return when;
}
