/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries sealed for a store that others can read and write: AES-256-GCM with
 * a fresh nonce each, bound to the entry's key.
 *
 *     version | nonce | kind, answered, expires, payload (encrypted) | tag
 */
#ifndef TI_SEAL_H
#define TI_SEAL_H

#include <apr_pools.h>

#include "base/key.h"
#include "cache/cache.h"

typedef struct ti_seal_t ti_seal_t;

/* Bytes that a sealed entry has beside its payload, at most. */
#define TI_SEAL_OVERHEAD 64

/* Make a seal from IntrospectCacheSecret. A NULL secret is replaced by a random
 * one: good for a store that no other machine shares. In `p`. */
apr_status_t ti_seal_create(ti_seal_t **seal, const char *secret,
                            apr_pool_t *p);

/* The secret of token keys that goes with the seal: the same on all machines
 * that have the same IntrospectCacheSecret. TI_SECRET_SIZE bytes. */
void ti_seal_key_secret(const ti_seal_t *seal,
                        unsigned char secret[TI_SECRET_SIZE]);

/* The entry's name in the store: a digest of the key, so that what is logged
 * of a key names nothing there. */
apr_status_t ti_seal_name(ti_key_t *name, const ti_seal_t *seal,
                          const ti_key_t *key);

/* Seal an entry, into `p`. APR_ENOSPC for one over TI_ENTRY_MAX. */
apr_status_t ti_seal_close(unsigned char **sealed, apr_size_t *size,
                           const ti_seal_t *seal, const ti_key_t *key,
                           const ti_entry_t *entry, apr_pool_t *p);

/* Open what a store gave for a key; *entry's bytes are in `p`, aligned to 8.
 * APR_EINVAL for anything that was not sealed for this key, unaltered, with
 * this secret, and for claims that are no record. */
apr_status_t ti_seal_open(ti_entry_t *entry, const ti_seal_t *seal,
                          const ti_key_t *key, const unsigned char *sealed,
                          apr_size_t size, apr_pool_t *p);

/* How an opened entry stands to the time. Zero is of no use. */
typedef enum ti_seal_time_t {
    TI_SEAL_OVER = 0, /* its time is over: stores forget when they like */
    TI_SEAL_AHEAD,    /* answered more than TI_ENTRY_SKEW after `now` */
    TI_SEAL_TIMELY
} ti_seal_time_t;

ti_seal_time_t ti_seal_time(const ti_entry_t *entry, apr_time_t now);

#endif
