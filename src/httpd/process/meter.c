/* SPDX-License-Identifier: Apache-2.0 */
#include "process/meter.h"

#include <http_config.h>

#include "base/history.h"
#include "base/journal.h"
#include "base/key.h"
#include "base/ratelimit.h"
#include "process/region.h"
#include "server/combination.h"

/* Spare rows: for servers that requests merge, each with one endpoint, and for
 * stores. */
#define MORE (2 * MAI_COMBINATIONS_MAX + 16)

/* Survives a graceful restart: plain data only. */
typedef struct kept_t {
    apr_shm_t *memory;
    apr_uint32_t rows;
} kept_t;

/* The version is in the name, as the layout may change with it. */
static const char kept_name[] = "mod_auth_introspect metrics " MAI_VERSION " 1";

/* The same, for the history and the journal. */
typedef struct past_t {
    apr_shm_t *memory;
    int is_made;
    unsigned char seed[TI_SECRET_SIZE];
} past_t;

static const char past_name[] = "mod_auth_introspect past " MAI_VERSION " 1";
static const unsigned char *seed;

apr_status_t mai_meter_open(ti_metrics_t **metrics, const server_rec *s,
                            apr_uint32_t needed, apr_pool_t *pconf)
{
    kept_t *kept = ap_retained_data_get(kept_name);
    apr_status_t rv = APR_SUCCESS;
    int fresh;

    if (kept == NULL) {
        kept = ap_retained_data_create(kept_name, sizeof(*kept));
    }
    if (kept->memory != NULL && kept->rows < needed + MORE) {
        apr_shm_destroy(kept->memory); /* old processes keep theirs */
        kept->memory = NULL;
    }
    fresh = kept->memory == NULL;
    if (fresh) {
        kept->rows = 2 * needed + MORE;
        rv = mai_region_create(&kept->memory, ti_metrics_size(kept->rows) + 64,
                               s->process->pool);
    }
    if (rv != APR_SUCCESS) {
        kept->memory = NULL;
        return rv;
    }
    return ti_metrics_open(
        metrics,
        (void *)APR_ALIGN((apr_uintptr_t)apr_shm_baseaddr_get(kept->memory),
                          64),
        fresh, kept->rows, apr_time_now(), pconf);
}

apr_status_t mai_meter_past(ti_world_t *world, const server_rec *s)
{
    apr_size_t size = APR_ALIGN(ti_history_size(), 64);
    past_t *past = ap_retained_data_get(past_name);
    apr_status_t rv = APR_SUCCESS;
    char *memory;

    if (past == NULL) {
        past = ap_retained_data_create(past_name, sizeof(*past));
    }
    if (!past->is_made) {
        rv = ti_key_random(past->seed, sizeof(past->seed));
        past->is_made = rv == APR_SUCCESS;
    }
    if (rv == APR_SUCCESS && past->memory == NULL) {
        rv = mai_region_create(&past->memory, size + ti_journal_size() + 64,
                               s->process->pool);
    }
    if (rv != APR_SUCCESS) {
        past->memory = NULL;
        return rv;
    }
    memory = (char *)APR_ALIGN(
        (apr_uintptr_t)apr_shm_baseaddr_get(past->memory), 64);
    world->history = ti_history_open(memory);
    world->journal = ti_journal_open(memory + size);
    seed = past->seed;
    return APR_SUCCESS;
}

const void *mai_meter_seed(void)
{
    return seed;
}

apr_status_t mai_meter_pace(ti_ratelimit_t **pace, apr_pool_t *pconf)
{
    apr_shm_t *memory;
    apr_status_t rv = mai_region_create(&memory, ti_ratelimit_size(), pconf);

    if (rv == APR_SUCCESS) {
        *pace = ti_ratelimit_open(apr_shm_baseaddr_get(memory));
    }
    return rv;
}
