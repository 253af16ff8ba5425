/* SPDX-License-Identifier: Apache-2.0
 *
 * The secrets of token keys. Our own one is made at start and kept, so that the
 * keys in the table are valid after a graceful restart. With a store that
 * others can reach, the secret is derived from IntrospectCacheSecret, so that
 * all machines have the same key for a token. During a rotation there is a
 * former secret too, for entries under former keys.
 */
#ifndef MAI_KEYSECRET_H
#define MAI_KEYSECRET_H

#include "base/key.h"
#include "cache/seal.h"
#include "config/config.h"

/* Survives a graceful restart. Zero: not made yet. */
typedef struct mai_keysecret_t {
    int is_made;
    unsigned char own[TI_SECRET_SIZE];
    unsigned char current[TI_SECRET_SIZE];
    unsigned char former[TI_SECRET_SIZE];
} mai_keysecret_t;

/* The seals of the configured store. */
typedef struct mai_seals_t {
    ti_seal_t *current; /* NULL: there is no store */
    ti_seal_t *former;  /* NULL: no rotation */
} mai_seals_t;

/* For post_config: make the seals, in `pconf`, and set *secrets, which points
 * into *secret. */
apr_status_t mai_keysecret_open(ti_key_secrets_t *secrets, mai_seals_t *seals,
                                mai_keysecret_t *secret,
                                const mai_cache_config_t *config,
                                apr_pool_t *pconf);

#endif
