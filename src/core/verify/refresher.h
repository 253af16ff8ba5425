/* SPDX-License-Identifier: Apache-2.0
 *
 * Renews answers in the background, a few at a time, so that a hot token's
 * renewal never waits inside a client's request.
 */
#ifndef TI_REFRESHER_H
#define TI_REFRESHER_H

#include <apr_pools.h>

#include "base/world.h"

/* Pause before a renewal is tried again after one failed, or found no room. */
#define TI_REFRESH_PAUSE apr_time_from_sec(2)

typedef struct ti_refresher_t ti_refresher_t;

/* Refreshes one answer now. Nonzero: it did, or there was no need to. */
typedef int (*ti_refresh_t)(const ti_world_t *world, ti_question_t *question);

/* Make one for this process, after the fork, whose threads call `refresh`
 * (ti_verify_refresh, or a test's); they start when needed. They
 * are stopped when `p` goes: abort the network first, or it waits for them. */
apr_status_t ti_refresher_create(ti_refresher_t **refresher,
                                 ti_refresh_t refresh, apr_pool_t *p);

/* Renew the answer to this question soon. Takes copies of token and policy;
 * world and server must live as long as the process. Best effort: it does
 * nothing if too many wait, or if the key waits or is being renewed here
 * already, or its renewal failed within TI_REFRESH_PAUSE before `now`
 * (steady). Then it takes no lock and makes no system call. */
void ti_refresher_add(ti_refresher_t *refresher, const ti_world_t *world,
                      const ti_question_t *question, apr_time_t now);

#endif
