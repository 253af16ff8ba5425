/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry of authorization servers: the number of each in shared memory,
 * which it keeps over graceful restarts. Under the flights' lock.
 */
#ifndef TI_REGISTRY_H
#define TI_REGISTRY_H

#include <apr.h>

#include "base/key.h"

/* The number that all further servers share. */
#define TI_REGISTRY_COMMON 0

typedef struct ti_registry_entry_t {
    ti_key_t identity;
    apr_uint32_t seen; /* the last configuration that had it; 0: free. Read
                          without the lock too */
} ti_registry_entry_t;

/* The process's handle. */
typedef struct ti_registry_t {
    ti_registry_entry_t *entries; /* in shared memory, zeroed when new */
    apr_uint32_t max;
    apr_uint32_t *generation; /* of the configuration, in shared memory */
    apr_uint32_t own;         /* that of this process */
} ti_registry_t;

/* A new configuration begins: what it does not find may give up its number. */
void ti_registry_begin(ti_registry_t *registry);

/* The number of a server by its identity. A new one gets one of its own, or the
 * one that configurations have left out the longest; children of the one before
 * may still use it, which harms nobody. *is_new tells whether what was learnt
 * under it is another's. */
apr_uint32_t ti_registry_find(int *is_new, const ti_registry_t *registry,
                              const ti_key_t *identity);

/* Has the configuration of now this number? Without the lock. */
int ti_registry_lists(const ti_registry_t *registry, apr_uint32_t number);

#endif
