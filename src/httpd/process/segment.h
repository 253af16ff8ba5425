/* SPDX-License-Identifier: Apache-2.0
 *
 * What processes tell each other: flights, marks, waiters, proofs; and how many
 * workers there are to wait.
 */
#ifndef MAI_SEGMENT_H
#define MAI_SEGMENT_H

#include <apr_shm.h>
#include <httpd.h>

#include "base/world.h"
#include "traffic/flights.h"

/* Requests that this httpd can serve at once, as configured; for post_config
 * and later. */
int mai_segment_workers(void);

/* The shared memory itself, which outlives a graceful restart: plain data. */
typedef struct mai_segment_t {
    apr_shm_t *memory; /* NULL: none yet */
    ti_capacity_t room;
} mai_segment_t;

/* Once per configuration: put its parts into the world, with room for so many
 * servers and more. Taken over from the configuration before where there is
 * room and no process stands still inside its lock; else new memory, that lives
 * as long as `forever`, and old processes keep theirs. Handles are in `pconf`.
 * Returns an APR status. */
apr_status_t mai_segment_open(mai_segment_t *segment, ti_world_t *world,
                              apr_uint32_t servers, const server_rec *s,
                              apr_pool_t *forever, apr_pool_t *pconf);

#endif
