/* SPDX-License-Identifier: Apache-2.0
 *
 * The revocation marks of several machines, made one through the store that
 * they share. What lies there is the union; each machine adds what it has and
 * takes what it lacks, so that a lost write is mended by the next look.
 *
 * A mark goes out as the wall clock said it once, and never changes on its
 * way. The clocks of machines differ by up to TI_ENTRY_SKEW, so it comes in
 * that much later.
 */
#ifndef TI_REPLICA_H
#define TI_REPLICA_H

#include <apr_pools.h>

#include "base/world.h"

/* How often one of a machine's processes looks; as long, and twice, may a mark
 * be on its way. */
#define TI_REPLICA_LOOK apr_time_from_sec(1)

/* Take and give, if this machine has not just done so. What is taken counts
 * for `life` at least, in microseconds: as long as an answer is remembered
 * here. Blocks for as long as the store does. Memory is in `p`. */
void ti_replica_exchange(const ti_world_t *world, apr_interval_time_t life,
                         apr_pool_t *p);

#endif
