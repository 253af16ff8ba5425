/* SPDX-License-Identifier: Apache-2.0
 *
 * What the core needs of the world, as arguments: a test can be the world.
 */
#ifndef TI_WORLD_H
#define TI_WORLD_H

#include <apr_pools.h>
#include <apr_time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/question.h"

struct ti_cache_t;
struct ti_flights_t;
struct ti_history_t;
struct ti_http_t;
struct ti_journal_t;
struct ti_actives_t;
struct ti_metrics_t;
struct ti_once_t;
struct ti_proofs_t;
struct ti_ratelimit_t;
struct ti_refresher_t;
struct ti_revocations_t;
struct ti_server_t;
struct ti_waiters_t;

/* One per process, made after the fork; read-only, used by all threads. */
typedef struct ti_world_t {
    struct ti_http_t *http;
    struct ti_cache_t *cache;             /* NULL: nothing is remembered */
    struct ti_cache_t *shared;            /* of it, what other machines share;
                                           * or NULL */
    struct ti_cache_t *former;            /* both, as they were named by the */
    struct ti_cache_t *former_shared;     /* secret of before; or NULL */
    struct ti_flights_t *flights;         /* NULL: everybody asks */
    struct ti_waiters_t *waiters;         /* NULL: any number may wait */
    struct ti_actives_t *actives;         /* NULL: no token is known */
    struct ti_metrics_t *metrics;         /* NULL: nothing is counted */
    struct ti_history_t *history;         /* of the last hour; or NULL */
    struct ti_journal_t *journal;         /* of refusals; or NULL */
    struct ti_proofs_t *proofs;           /* NULL: none of our credentials has
                                             been accepted yet */
    struct ti_refresher_t *refresher;     /* NULL: nothing is refreshed early */
    struct ti_revocations_t *revocations; /* NULL: nothing is revoked here */
    struct ti_once_t *once;               /* NULL: nothing is good once */
    struct ti_ratelimit_t *ratelimit;     /* NULL: every line is logged */
    const struct ti_server_t *(*renewed)(const struct ti_server_t *server,
                                         apr_time_t until);
    /* a newer version of a server whose
     * credentials have been refused, or
     * NULL; waits for it until this moment
     * (steady) at most. NULL: there is none */
    const ti_log_t *log;       /* for what belongs to no request */
    unsigned char machine;     /* random: machines that share a
                                * store do not all renew at once */
    apr_time_t (*clock)(void); /* the wall clock, see clock.h */
    apr_time_t (*steady)(void);
} ti_world_t;

static inline ti_now_t ti_world_now(const ti_world_t *world)
{
    ti_now_t now;

    now.wall = world->clock();
    now.steady = world->steady();
    return now;
}

#endif
