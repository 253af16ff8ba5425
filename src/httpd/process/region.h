/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that the parent and its children share.
 */
#ifndef MAI_REGION_H
#define MAI_REGION_H

#include <apr_pools.h>
#include <apr_shm.h>

/* Zeroed and anonymous memory of this size, for as long as `p` lives in the
 * parent. It is left out of cores, where the system can do that: it holds what
 * is remembered of people's tokens. */
apr_status_t mai_region_create(apr_shm_t **region, apr_size_t size,
                               apr_pool_t *p);

#endif
