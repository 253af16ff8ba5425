/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/registry.h"

#include <string.h>

#include "base/atomic.h"

void ti_registry_begin(ti_registry_t *registry)
{
    registry->own = TI_LOAD(*registry->generation) + 1;
    TI_STORE(*registry->generation, registry->own);
}

apr_uint32_t ti_registry_find(int *is_new, const ti_registry_t *registry,
                              const ti_key_t *identity)
{
    apr_uint32_t oldest = TI_REGISTRY_COMMON;
    apr_uint32_t i;

    *is_new = 0;
    for (i = TI_REGISTRY_COMMON + 1; i < registry->max; i++) {
        ti_registry_entry_t *entry = &registry->entries[i];

        if (entry->seen != 0 &&
            memcmp(&entry->identity, identity, sizeof(*identity)) == 0) {
            break;
        }
        if (entry->seen < registry->own &&
            (oldest == TI_REGISTRY_COMMON ||
             entry->seen < registry->entries[oldest].seen)) {
            oldest = i;
        }
    }
    if (i == registry->max) {
        i = oldest;
        *is_new = i != TI_REGISTRY_COMMON;
    }
    if (*is_new) {
        registry->entries[i].identity = *identity;
    }
    if (i != TI_REGISTRY_COMMON && registry->entries[i].seen < registry->own) {
        TI_STORE(registry->entries[i].seen, registry->own);
    }
    return i;
}

int ti_registry_lists(const ti_registry_t *registry, apr_uint32_t number)
{
    return number < registry->max && TI_LOAD(registry->entries[number].seen) ==
                                         TI_LOAD(*registry->generation);
}
