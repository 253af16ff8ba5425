/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of traffic: flights, active tokens, waiters and proofs; and
 * the number of workers.
 */
#ifndef MAI_SEGMENT_H
#define MAI_SEGMENT_H

#include <apr_shm.h>
#include <httpd.h>

#include "base/world.h"
#include "traffic/flights.h"

/* The number of requests that this httpd can serve at once, as configured. For
 * post_config and later. */
int mai_segment_workers(void);

/* The shared memory, which survives a graceful restart: plain data only. */
typedef struct mai_segment_t {
    apr_shm_t *memory; /* NULL: none yet */
    ti_capacity_t room;
} mai_segment_t;

/* Once per configuration: set the parts of *world, with room for this many
 * `servers` and more. Takes over the memory of the previous configuration if it
 * has room and no stopped process holds its lock. Otherwise makes new memory in
 * `forever`, and old processes keep theirs. The handles are in `pconf`. Returns
 * an APR status. */
apr_status_t mai_segment_open(mai_segment_t *segment, ti_world_t *world,
                              apr_uint32_t servers, const server_rec *s,
                              apr_pool_t *forever, apr_pool_t *pconf);

#endif
