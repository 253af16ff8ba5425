/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed entries, for a store that others can read and write: AES-256-GCM with
 * a random nonce. Version and the entry's key are authenticated too, so a
 * sealed entry is valid under its own name only.
 *
 *     version | nonce | answered, expires, kind, payload (encrypted) | tag
 */
#ifndef TI_SEAL_H
#define TI_SEAL_H

#include <apr_pools.h>

#include "base/key.h"
#include "cache/cache.h"

typedef struct ti_seal_t ti_seal_t;

/* An upper bound of the bytes that sealing adds to a payload. */
#define TI_SEAL_OVERHEAD 64

/* Make a seal from IntrospectCacheSecret, in `p`. NULL: random keys, for a
 * store that no other machine uses. */
apr_status_t ti_seal_create(ti_seal_t **seal, const char *secret,
                            apr_pool_t *p);

/* The secret for token keys that is derived along with the seal: equal on all
 * machines with the same IntrospectCacheSecret. TI_SECRET_SIZE bytes. */
void ti_seal_key_secret(const ti_seal_t *seal,
                        unsigned char secret[TI_SECRET_SIZE]);

/* The entry's name in the store: a digest of the key, keyed by the seal, so
 * that a fingerprint from a log does not lead to the entry. */
apr_status_t ti_seal_name(ti_key_t *name, const ti_seal_t *seal,
                          const ti_key_t *key);

/* Seal an entry; *sealed is in `p`. APR_ENOSPC: it exceeds TI_ENTRY_MAX. */
apr_status_t ti_seal_close(unsigned char **sealed, apr_size_t *size,
                           const ti_seal_t *seal, const ti_key_t *key,
                           const ti_entry_t *entry, apr_pool_t *p);

/* Open a sealed entry that a store returned for a key. The bytes of *entry are
 * in `p`, aligned to 8. APR_EINVAL: it was altered, or sealed for another key
 * or with another secret, or its claims are no valid record. */
apr_status_t ti_seal_open(ti_entry_t *entry, const ti_seal_t *seal,
                          const ti_key_t *key, const unsigned char *sealed,
                          apr_size_t size, apr_pool_t *p);

/* Whether the times of an opened entry are acceptable. Zero: they are not. */
typedef enum ti_seal_time_t {
    TI_SEAL_OVER = 0, /* expired; a store may keep entries for too long */
    TI_SEAL_AHEAD,    /* answered more than TI_ENTRY_SKEW after `now` */
    TI_SEAL_TIMELY
} ti_seal_time_t;

ti_seal_time_t ti_seal_time(const ti_entry_t *entry, apr_time_t now);

#endif
