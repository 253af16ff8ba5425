/* SPDX-License-Identifier: Apache-2.0 */
#include "process/segment.h"

#include <httpd.h>
#include <ap_mpm.h>
#include <http_log.h>

#include "base/lock.h"
#include "base/messages.h"
#include "module.h"
#include "process/region.h"
#include "server/combination.h"
#include "traffic/actives.h"
#include "traffic/proof.h"
#include "traffic/waiters.h"

APLOG_USE_MODULE(auth_introspect);

static int has_room(const mai_segment_t *segment, apr_uint32_t servers);
static ti_capacity_t room_for(apr_uint32_t servers);
static apr_size_t size_of(const ti_capacity_t *room);
static apr_status_t attach(ti_world_t *world, const mai_segment_t *segment,
                           int fresh, apr_pool_t *pconf);

int mai_segment_workers(void)
{
    int processes = 0;
    int threads = 0;

    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &processes);
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    return (processes > 0 ? processes : 1) * (threads > 0 ? threads : 1);
}

apr_status_t mai_segment_open(mai_segment_t *segment, ti_world_t *world,
                              apr_uint32_t servers, const server_rec *s,
                              apr_pool_t *forever, apr_pool_t *pconf)
{
    apr_status_t rv = APR_ENOSPC;

    if (!ti_lock_survives()) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "MAI%04d: This system has no robust mutexes: if a process "
                     "is killed while it holds a lock of "
                     "mod_auth_introspect, reload httpd",
                     TI_MSG_NOT_ROBUST);
    }
    if (has_room(segment, servers)) {
        rv = attach(world, segment, 0, pconf);
    }
    if (rv == APR_TIMEUP) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "MAI%04d: A stopped process of this httpd (a debugger, "
                     "SIGSTOP) holds a lock in shared memory: new processes "
                     "get new shared memory. Resume or kill it",
                     TI_MSG_STUCK);
    }
    if (rv == APR_SUCCESS) {
        return rv;
    }

    if (segment->memory != NULL) {
        apr_shm_destroy(segment->memory);
        segment->memory = NULL;
    }
    segment->room = room_for(servers);
    rv = mai_region_create(&segment->memory, size_of(&segment->room) + 64,
                           forever);
    return rv == APR_SUCCESS ? attach(world, segment, 1, pconf) : rv;
}

static int has_room(const mai_segment_t *segment, apr_uint32_t servers)
{
    return segment->memory != NULL &&
           segment->room.workers >= (apr_uint32_t)mai_segment_workers() &&
           segment->room.servers >= servers + MAI_COMBINATIONS_MAX;
}

/* With spare numbers for later configurations and for servers that requests
 * merge. */
static ti_capacity_t room_for(apr_uint32_t servers)
{
    ti_capacity_t room;

    room.servers = 2 * servers + MAI_COMBINATIONS_MAX;
    room.workers = (apr_uint32_t)mai_segment_workers();
    return room;
}

static apr_size_t size_of(const ti_capacity_t *room)
{
    return APR_ALIGN(ti_flights_size(room), 64) +
           APR_ALIGN(ti_actives_size(), 64) + APR_ALIGN(ti_waiters_size(), 64) +
           APR_ALIGN(ti_proofs_size(room->servers + 1), 64);
}

static apr_status_t attach(ti_world_t *world, const mai_segment_t *segment,
                           int fresh, apr_pool_t *pconf)
{
    char *at = (char *)APR_ALIGN(
        (apr_uintptr_t)apr_shm_baseaddr_get(segment->memory), 64);
    apr_status_t rv =
        ti_flights_open(&world->flights, at, fresh, &segment->room,
                        (apr_uint32_t)mai_segment_workers(), pconf);

    at += APR_ALIGN(ti_flights_size(&segment->room), 64);
    world->actives = ti_actives_open(at);
    at += APR_ALIGN(ti_actives_size(), 64);
    if (rv == APR_SUCCESS) {
        rv = ti_waiters_open(&world->waiters, at, fresh, pconf);
    }
    at += APR_ALIGN(ti_waiters_size(), 64);
    world->proofs = ti_proofs_open(at, segment->room.servers + 1, pconf);
    return rv;
}
