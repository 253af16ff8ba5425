/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing and opening, for tests: out of exact-size blocks.
 */
#ifndef T_SEALS_H
#define T_SEALS_H

#include "cache/seal.h"

#include <apr_strings.h>

#include "records.h"
#include "shared.h"

#define SECRET "a-secret-of-at-least-16"
#define OTHER "another-secret-than-that"
#define NOW apr_time_from_sec(1000)

static inline ti_seal_t *seal_of(const char *secret)
{
    ti_seal_t *seal;

    ck_assert_int_eq(ti_seal_create(&seal, secret, pool), APR_SUCCESS);
    return seal;
}

static inline ti_entry_t entry_of(ti_kind_t kind, const void *bytes,
                                  apr_size_t size)
{
    ti_entry_t entry = {kind, NOW, NOW + apr_time_from_sec(60), bytes, size};

    return entry;
}

static inline ti_entry_t claims_entry(const char *json)
{
    const ti_claims_t *claims = claims_of(json);

    return entry_of(TI_KIND_CLAIMS, claims, claims->size);
}

/* Sealed bytes, and how many. */
typedef struct blob_t {
    unsigned char *bytes;
    apr_size_t size;
} blob_t;

static inline blob_t closed(const ti_seal_t *seal, const char *key,
                            ti_entry_t entry)
{
    ti_key_t k = key_of(key);
    blob_t blob;

    ck_assert_int_eq(
        ti_seal_close(&blob.bytes, &blob.size, seal, &k, &entry, pool),
        APR_SUCCESS);
    ck_assert_int_le((int)(blob.size - entry.size), TI_SEAL_OVERHEAD);
    return blob;
}

/* Opens from a block of exactly this size; refused: nothing is given. */
static inline apr_status_t opened(ti_entry_t *entry, const ti_seal_t *seal,
                                  const char *key, blob_t blob)
{
    unsigned char *copy = malloc(blob.size > 0 ? blob.size : 1);
    ti_key_t k = key_of(key);
    apr_status_t rv;

    memcpy(copy, blob.bytes, blob.size);
    memset(entry, 0xff, sizeof(*entry));
    rv = ti_seal_open(entry, seal, &k, copy, blob.size, pool);
    free(copy);
    if (rv != APR_SUCCESS) {
        ck_assert_int_eq(rv, APR_EINVAL);
        ck_assert_int_eq(entry->kind, TI_KIND_NONE);
        ck_assert_ptr_null(entry->bytes);
        ck_assert_int_eq((int)entry->size, 0);
        ck_assert(entry->expires == 0);
    }
    return rv;
}

static inline int opens(const ti_seal_t *seal, const char *key, blob_t blob)
{
    ti_entry_t entry;

    return opened(&entry, seal, key, blob) == APR_SUCCESS;
}

#endif
