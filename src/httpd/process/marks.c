/* SPDX-License-Identifier: Apache-2.0 */
#include "process/marks.h"

#include <string.h>

#include <http_config.h>
#include <http_log.h>

#include "base/messages.h"
#include "cache/cache.h"
#include "module.h"
#include "process/region.h"
#include "verify/once.h"
#include "verify/revocation.h"

APLOG_USE_MODULE(auth_introspect);

#define ALIGNMENT 64 /* of both tables */

/* Survives a graceful restart: plain data only. */
typedef struct kept_t {
    apr_shm_t *memory;
    unsigned char current[TI_SECRET_SIZE]; /* the marks are made with it */
    unsigned char former[TI_SECRET_SIZE];
    apr_time_t since; /* later marks can all be found by `current` */
} kept_t;

/* The version is in the name, as the layout may change with it. */
static const char kept_name[] = "mod_auth_introspect marks " MAI_VERSION " 3";

static apr_status_t make(apr_shm_t **memory, const server_rec *s);
static apr_size_t revocations_size(void);
static char *begin_of(const apr_shm_t *memory);
static apr_status_t attach(ti_world_t *world, char *memory, int fresh,
                           const ti_key_secrets_t *secrets, apr_pool_t *pconf);
static apr_status_t replace(kept_t *kept, ti_world_t *world,
                            const server_rec *s,
                            const ti_key_secrets_t *secrets, apr_pool_t *pconf);
static apr_status_t carry_over(const kept_t *kept, const ti_world_t *world,
                               const ti_key_secrets_t *secrets);
static void keep(kept_t *kept, const ti_key_secrets_t *secrets, apr_time_t now);
static int is_same(const unsigned char *kept, const void *secret);

apr_status_t mai_marks_open(ti_world_t *world, const server_rec *s,
                            const ti_key_secrets_t *secrets, apr_pool_t *pconf)
{
    kept_t *kept = ap_retained_data_get(kept_name);
    apr_status_t rv = APR_SUCCESS;
    int fresh;

    if (kept == NULL) {
        kept = ap_retained_data_create(kept_name, sizeof(*kept));
    }
    fresh = kept->memory == NULL;
    if (fresh) {
        rv = make(&kept->memory, s);
        memcpy(kept->current, secrets->current, TI_SECRET_SIZE);
    }
    if (rv == APR_SUCCESS) {
        rv = attach(world, begin_of(kept->memory), fresh, secrets, pconf);
    }
    if (rv == APR_TIMEUP) {
        rv = replace(kept, world, s, secrets, pconf);
    }
    if (!fresh && rv == APR_SUCCESS) {
        rv = carry_over(kept, world, secrets);
    }
    keep(kept, secrets, world->steady());
    return rv;
}

/* Anonymous memory: freed with the last process that maps it. */
static apr_status_t make(apr_shm_t **memory, const server_rec *s)
{
    apr_status_t rv = mai_region_create(
        memory, revocations_size() + ti_once_size() + ALIGNMENT,
        s->process->pool);

    if (rv != APR_SUCCESS) {
        *memory = NULL;
    }
    return rv;
}

static char *begin_of(const apr_shm_t *memory)
{
    return (char *)APR_ALIGN((apr_uintptr_t)apr_shm_baseaddr_get(memory),
                             ALIGNMENT);
}

static apr_size_t revocations_size(void)
{
    return APR_ALIGN(ti_revocations_size(), ALIGNMENT);
}

static apr_status_t attach(ti_world_t *world, char *memory, int fresh,
                           const ti_key_secrets_t *secrets, apr_pool_t *pconf)
{
    apr_status_t rv = ti_revocations_open(&world->revocations, memory, fresh,
                                          secrets, world->steady(), pconf);

    return rv == APR_SUCCESS
               ? ti_once_open(&world->once, memory + revocations_size(), fresh,
                              secrets->own, pconf)
               : rv;
}

/* Old processes keep the old memory. */
static apr_status_t replace(kept_t *kept, ti_world_t *world,
                            const server_rec *s,
                            const ti_key_secrets_t *secrets, apr_pool_t *pconf)
{
    const char *from = begin_of(kept->memory);
    apr_shm_t *made;
    char *memory;
    apr_status_t rv = make(&made, s);

    ap_log_error(
        APLOG_MARK, APLOG_WARNING, 0, s,
        "MAI%04d: A stopped process of this httpd (a debugger, SIGSTOP) holds "
        "the lock of the revocation marks: new processes begin with a copy, "
        "and ask about each token again. Resume or kill it",
        TI_MSG_STUCK);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    memory = begin_of(made);
    rv = ti_revocations_copy(&world->revocations, memory, from, secrets,
                             world->steady(), pconf);
    if (rv == APR_SUCCESS) {
        rv = ti_once_copy(&world->once, memory + revocations_size(),
                          from + revocations_size(), secrets->own, pconf);
    }
    apr_shm_destroy(kept->memory);
    kept->memory = made;
    return rv;
}

/* The current and the former secret find marks. If marks that were made with
 * other secrets only still count, one mark for everything replaces them. */
static apr_status_t carry_over(const kept_t *kept, const ti_world_t *world,
                               const ti_key_secrets_t *secrets)
{
    apr_time_t lost_before = APR_INT64_MAX;

    if (is_same(kept->current, secrets->current)) {
        lost_before = is_same(kept->former, secrets->former) ? 0 : kept->since;
    } else if (is_same(kept->current, secrets->former)) {
        lost_before = kept->since;
    } else if (is_same(kept->former, secrets->current)) {
        lost_before = 0; /* a rotation is reverted */
    }
    return lost_before > 0
               ? ti_revocations_renamed(world->revocations, lost_before,
                                        world->steady())
               : APR_SUCCESS;
}

/* With the skew, as marks of other machines are dated that much later. */
static void keep(kept_t *kept, const ti_key_secrets_t *secrets, apr_time_t now)
{
    if (is_same(kept->current, secrets->current)) {
        kept->since = is_same(kept->former, secrets->former) ? kept->since : 0;
    } else {
        kept->since =
            is_same(kept->former, secrets->current) ? 0 : now + TI_ENTRY_SKEW;
        memcpy(kept->current, secrets->current, TI_SECRET_SIZE);
    }
    memset(kept->former, 0, TI_SECRET_SIZE);
    if (secrets->former != NULL) {
        memcpy(kept->former, secrets->former, TI_SECRET_SIZE);
    }
}

/* A secret of zeros stands for none. */
static int is_same(const unsigned char *kept, const void *secret)
{
    static const unsigned char none[TI_SECRET_SIZE];

    return ti_key_same(kept, secret != NULL ? secret : none, TI_SECRET_SIZE);
}
