/* SPDX-License-Identifier: Apache-2.0
 *
 * The secret of the keys that tokens are known by: made at start and kept, so
 * that a graceful restart finds what is in the table; with a store that others
 * can reach derived from IntrospectCacheSecret, so that all machines give a
 * token one name.
 */
#ifndef MAI_KEYSECRET_H
#define MAI_KEYSECRET_H

#include "base/key.h"
#include "cache/seal.h"
#include "config/config.h"

/* Outlives a graceful restart. Zero: not made yet. */
typedef struct mai_keysecret_t {
    int is_made;
    unsigned char bytes[TI_SECRET_SIZE];
} mai_keysecret_t;

/* post_config: the secret, and in `pconf` the seal of the configured store
 * (NULL without one). */
apr_status_t mai_keysecret_open(mai_keysecret_t *secret, ti_seal_t **seal,
                                const mai_cache_config_t *config,
                                apr_pool_t *pconf);

#endif
