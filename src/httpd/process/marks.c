/* SPDX-License-Identifier: Apache-2.0 */
#include "process/marks.h"

#include <http_config.h>

#include "process/region.h"

/* What outlives a graceful restart: plain data only. */
typedef struct kept_t {
    apr_shm_t *memory;
} kept_t;

/* Another version may lay them out in another way. */
static const char kept_name[] = "mod_auth_introspect marks " MAI_VERSION " 2";

apr_status_t mai_marks_open(ti_revocations_t **revocations, const server_rec *s,
                            const void *secret, apr_pool_t *pconf)
{
    kept_t *kept = ap_retained_data_get(kept_name);
    int fresh;

    if (kept == NULL) {
        kept = ap_retained_data_create(kept_name, sizeof(*kept));
    }
    fresh = kept->memory == NULL;
    if (fresh) {
        /* anonymous: gone with the last process that has it */
        apr_status_t rv = mai_region_create(
            &kept->memory, ti_revocations_size() + 64, s->process->pool);

        if (rv != APR_SUCCESS) {
            kept->memory = NULL;
            return rv;
        }
    }
    return ti_revocations_open(
        revocations,
        (void *)APR_ALIGN((apr_uintptr_t)apr_shm_baseaddr_get(kept->memory),
                          64),
        fresh, secret, pconf);
}
