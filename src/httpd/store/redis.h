/* SPDX-License-Identifier: Apache-2.0
 *
 * A Redis (or Valkey) as a store: its connections in this process, and what is
 * read and written over them.
 *
 * An answer lies under its own name. "Inactive" lies there only in place of
 * an older answer; else in one of MAI_REDIS_SLOTS places that all tokens
 * share, so that made-up tokens cannot fill a Redis.
 */
#ifndef MAI_REDIS_H
#define MAI_REDIS_H

#include "store/client.h"

/* Where "inactive" about tokens lies that nothing else is known of. */
#define MAI_REDIS_SLOTS 4096

/* A call ends within this, connecting included. */
#define MAI_REDIS_PATIENCE apr_time_from_msec(250)

/* Named "redis:" and "redis-sentinel:" in IntrospectCache. */
extern const mai_client_t mai_redis_client;
extern const mai_client_t mai_redis_sentinel_client;

#endif
