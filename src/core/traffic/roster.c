/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/roster.h"

#include <string.h>

#include "base/atomic.h"

void ti_roster_begin(ti_roster_t *roster)
{
    roster->own = TI_LOAD(*roster->generation) + 1;
    TI_STORE(*roster->generation, roster->own);
}

apr_uint32_t ti_roster_find(int *is_new, const ti_roster_t *roster,
                            const ti_key_t *identity)
{
    apr_uint32_t oldest = TI_ROSTER_COMMON;
    apr_uint32_t i;

    *is_new = 0;
    for (i = TI_ROSTER_COMMON + 1; i < roster->max; i++) {
        ti_roster_entry_t *entry = &roster->entries[i];

        if (entry->seen != 0 &&
            memcmp(&entry->identity, identity, sizeof(*identity)) == 0) {
            break;
        }
        if (entry->seen < roster->own &&
            (oldest == TI_ROSTER_COMMON ||
             entry->seen < roster->entries[oldest].seen)) {
            oldest = i;
        }
    }
    if (i == roster->max) {
        i = oldest;
        *is_new = i != TI_ROSTER_COMMON;
    }
    if (*is_new) {
        roster->entries[i].identity = *identity;
    }
    if (i != TI_ROSTER_COMMON && roster->entries[i].seen < roster->own) {
        TI_STORE(roster->entries[i].seen, roster->own);
    }
    return i;
}

int ti_roster_lists(const ti_roster_t *roster, apr_uint32_t number)
{
    return number < roster->max && TI_LOAD(roster->entries[number].seen) ==
                                       TI_LOAD(*roster->generation);
}
