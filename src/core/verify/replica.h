/* SPDX-License-Identifier: Apache-2.0
 *
 * The revocation marks of several machines, merged through the store that they
 * share. The store holds the union; each machine adds its own marks and takes
 * those that it lacks, so the next look repairs a lost write.
 *
 * A mark goes out with the wall clock's time at its making, and never changes
 * on its way. The clocks of machines differ by up to TI_ENTRY_SKEW, so it comes
 * in that much later.
 */
#ifndef TI_REPLICA_H
#define TI_REPLICA_H

#include <apr_pools.h>

#include "base/world.h"

/* How often one of a machine's processes looks. A mark may take twice that to
 * arrive. */
#define TI_REPLICA_LOOK apr_time_from_sec(1)

/* Exchange marks, if this machine has not just done so. A mark that is taken
 * counts for at least `life`, in microseconds: as long as an answer is
 * remembered here. Blocks for as long as the store does. Memory is in `p`. */
void ti_replica_exchange(const ti_world_t *world, apr_interval_time_t life,
                         apr_pool_t *p);

#endif
