/* SPDX-License-Identifier: Apache-2.0
 *
 * The caches of IntrospectCache: the table in shared memory, in front of a
 * store. A reload keeps the table, a stop drops it.
 */
#ifndef MAI_CACHES_H
#define MAI_CACHES_H

#include <apr_shm.h>
#include <httpd.h>

#include "base/world.h"
#include "process/keysecret.h"

struct ti_table_t;

/* Survives a graceful restart. Zero: not made yet. */
typedef struct mai_caches_t {
    apr_shm_t *table;
    apr_size_t size; /* of the table, in bytes */
} mai_caches_t;

/* In post_config: make a table of `size` bytes (0: none) in `forever`, or take
 * over the one from before a reload. The handle is in `pconf`. */
apr_status_t mai_caches_open(mai_caches_t *kept, apr_size_t size,
                             apr_pool_t *forever, apr_pool_t *pconf);

/* In child_init: set the caches of *world, in `p`. The seals name the entries
 * in the store. */
apr_status_t mai_caches_child(ti_world_t *world, const mai_seals_t *seals,
                              apr_pool_t *p);

/* The table, or NULL; for the status page. */
const struct ti_table_t *mai_caches_table(void);

#endif
