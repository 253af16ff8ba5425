/* SPDX-License-Identifier: Apache-2.0 */
#include "process/region.h"

#include <sys/mman.h>
#include <unistd.h>

static void hide(const apr_shm_t *region, apr_size_t size);

apr_status_t mai_region_create(apr_shm_t **region, apr_size_t size,
                               apr_pool_t *p)
{
    apr_status_t rv = apr_shm_create(region, size, NULL, p);

    if (rv == APR_SUCCESS) {
        hide(*region, size);
    }
    return rv;
}

/* Round down to whole pages; APR has a header in front of the memory. */
static void hide(const apr_shm_t *region, apr_size_t size)
{
#ifdef MADV_DONTDUMP
    apr_uintptr_t page = (apr_uintptr_t)sysconf(_SC_PAGESIZE);
    apr_uintptr_t base = (apr_uintptr_t)apr_shm_baseaddr_get(region);
    apr_uintptr_t from = base & ~(page - 1);

    madvise((void *)from, (size_t)(base + size - from), MADV_DONTDUMP);
#else
    (void)region;
    (void)size;
#endif
}
