/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls to a store in the metrics.
 */
#ifndef MAI_USAGE_H
#define MAI_USAGE_H

#include <apr_errno.h>

#include "base/world.h"

enum { MAI_USAGE_FETCH = 0, MAI_USAGE_STORE };

typedef struct mai_usage_t {
    const ti_world_t *world;
    apr_uint32_t row;
} mai_usage_t;

/* That of the store of this name. */
void mai_usage_open(mai_usage_t *usage, const ti_world_t *world,
                    const char *name);

/* One call has ended with this status, since it began at `start` (steady).
 * APR_NOTFOUND is no failure. */
void mai_usage_count(const mai_usage_t *usage, int operation, apr_status_t rv,
                     apr_time_t start);

#endif
