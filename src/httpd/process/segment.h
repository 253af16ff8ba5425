/* SPDX-License-Identifier: Apache-2.0
 *
 * What processes tell each other: flights, breakers, counters, seats; and how
 * many workers there are to wait.
 */
#ifndef MAI_SEGMENT_H
#define MAI_SEGMENT_H

#include "base/world.h"

/* Requests that this httpd can serve at once, as configured; for post_config
 * and later. */
int mai_segment_workers(void);

/* Bytes of shared memory that the board needs. */
apr_size_t mai_segment_size(void);

/* Once per configuration: make (`fresh` nonzero) or take over the board at
 * `memory`, which is shared, zeroed and aligned to 64, and put its parts into
 * the world; handles are in `pconf`. */
apr_status_t mai_segment_open(ti_world_t *world, void *memory, int fresh,
                              apr_pool_t *pconf);

#endif
