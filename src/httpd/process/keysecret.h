/* SPDX-License-Identifier: Apache-2.0
 *
 * The secrets of the keys that tokens are known by. Our own is made at start
 * and kept, so that a graceful restart finds what is in the table. With a store
 * that others can reach the keys' secret is derived from IntrospectCacheSecret,
 * so that all machines give a token one name; and while that is rotated there
 * is a second one, of the names of before.
 */
#ifndef MAI_KEYSECRET_H
#define MAI_KEYSECRET_H

#include "base/key.h"
#include "cache/seal.h"
#include "config/config.h"

/* Outlives a graceful restart. Zero: not made yet. */
typedef struct mai_keysecret_t {
    int is_made;
    unsigned char own[TI_SECRET_SIZE];
    unsigned char current[TI_SECRET_SIZE];
    unsigned char former[TI_SECRET_SIZE];
} mai_keysecret_t;

/* The seals of the configured store. */
typedef struct mai_seals_t {
    ti_seal_t *current; /* NULL: there is no store */
    ti_seal_t *former;  /* NULL: no secret is rotated */
} mai_seals_t;

/* post_config: the seals, in `pconf`, and in *secrets what points into
 * *secret. */
apr_status_t mai_keysecret_open(ti_key_secrets_t *secrets, mai_seals_t *seals,
                                mai_keysecret_t *secret,
                                const mai_cache_config_t *config,
                                apr_pool_t *pconf);

#endif
