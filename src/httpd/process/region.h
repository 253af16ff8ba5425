/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that the parent and its children share.
 */
#ifndef MAI_REGION_H
#define MAI_REGION_H

#include <apr_pools.h>
#include <apr_shm.h>

/* Zeroed anonymous memory of this size, which lives as long as `p` in the
 * parent. Where the system allows it, core dumps leave it out, since it holds
 * answers about people. */
apr_status_t mai_region_create(apr_shm_t **region, apr_size_t size,
                               apr_pool_t *p);

#endif
