/* SPDX-License-Identifier: Apache-2.0 */
#include "process/marks.h"

#include <http_config.h>

#include "process/region.h"
#include "verify/once.h"
#include "verify/revocation.h"

#define ALIGNMENT 64 /* of both */

/* What outlives a graceful restart: plain data only. */
typedef struct kept_t {
    apr_shm_t *memory;
} kept_t;

/* Another version may lay them out in another way. */
static const char kept_name[] = "mod_auth_introspect marks " MAI_VERSION " 2";

apr_status_t mai_marks_open(ti_world_t *world, const server_rec *s,
                            const void *secret, apr_pool_t *pconf)
{
    apr_size_t size = APR_ALIGN(ti_revocations_size(), ALIGNMENT);
    apr_status_t rv;
    char *memory;
    kept_t *kept = ap_retained_data_get(kept_name);
    int fresh;

    if (kept == NULL) {
        kept = ap_retained_data_create(kept_name, sizeof(*kept));
    }
    fresh = kept->memory == NULL;
    if (fresh) {
        /* anonymous: gone with the last process that has it */
        rv = mai_region_create(&kept->memory, size + ti_once_size() + ALIGNMENT,
                               s->process->pool);
        if (rv != APR_SUCCESS) {
            kept->memory = NULL;
            return rv;
        }
    }
    memory = (char *)APR_ALIGN(
        (apr_uintptr_t)apr_shm_baseaddr_get(kept->memory), ALIGNMENT);
    rv = ti_revocations_open(&world->revocations, memory, fresh, secret, pconf);
    return rv == APR_SUCCESS
               ? ti_once_open(&world->once, memory + size, fresh, secret, pconf)
               : rv;
}
