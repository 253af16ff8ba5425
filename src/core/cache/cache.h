/* SPDX-License-Identifier: Apache-2.0
 * The interface of all caches of answers: the table in shared memory, a store
 * outside httpd, or the table in front of a store.
 */
#ifndef TI_CACHE_H
#define TI_CACHE_H

#include <apr_pools.h>
#include <apr_time.h>

#include "claims/claims.h"

struct ti_key_t;

/* The kind of a remembered entry. Zero: no entry. */
typedef enum ti_kind_t {
    TI_KIND_NONE = 0,
    TI_KIND_CLAIMS,   /* active: a compiled claims record */
    TI_KIND_INACTIVE, /* the authorization server said "inactive"; no bytes */
    TI_KIND_DOCUMENT  /* a key set or metadata of the authorization server; no
                         bytes: it could not be fetched */
} ti_kind_t;

/* The size limit of an entry's bytes: that of a compiled record. */
#define TI_ENTRY_MAX TI_CLAIMS_SIZE_MAX

/* The tolerated difference between the clocks of machines that share a store.
 * An entry from further in the future would live too long here. */
#define TI_ENTRY_SKEW apr_time_from_sec(5)

/* The error of a time that is converted for a store and back: the steady clock
 * and the wall clock are read one after the other. */
#define TI_ENTRY_JITTER apr_time_from_msec(100)

/* One remembered answer. Its times, and each `now` below, are the steady
 * clock's; a store that other machines can reach converts them. The caller of
 * store owns `bytes`; fetch allocates a copy, aligned to 8, from the caller's
 * pool. */
typedef struct ti_entry_t {
    ti_kind_t kind;
    apr_time_t answered; /* when the authorization server gave this answer */
    apr_time_t expires;  /* the cache drops it from then on */
    const void *bytes;
    apr_size_t size;
} ti_entry_t;

typedef struct ti_cache_t ti_cache_t;

struct ti_cache_t {
    /* Find the entry of a key. APR_SUCCESS: *entry is filled. APR_NOTFOUND: a
     * miss, which includes an entry that has expired at `now`, is torn or
     * unreadable. Any other status: the store itself failed. *entry is all
     * zero unless the entry was found. */
    apr_status_t (*fetch)(ti_cache_t *cache, ti_entry_t *entry,
                          const struct ti_key_t *key, apr_time_t now,
                          apr_pool_t *p);
    /* Store an entry in place of an older one of the same key. APR_EEXIST: the
     * cache has a newer one, by `answered`, and keeps it, even if that has
     * expired: answers can arrive in a different order from their questions.
     * Best effort: after any other failure the next request asks again. */
    apr_status_t (*store)(ti_cache_t *cache, const struct ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
    /* Look in the cache behind for an answer younger than *entry, which is
     * too old for the caller. APR_SUCCESS: *entry is replaced. APR_NOTFOUND:
     * there is none; any other status: the store failed. *entry is unchanged
     * then. NULL: there is no cache behind. */
    apr_status_t (*fetch_younger)(ti_cache_t *cache, ti_entry_t *entry,
                                  const struct ti_key_t *key, apr_time_t now,
                                  apr_pool_t *p);
    void *self; /* the state of the implementation */
    /* Like fetch, but reads only the cache in front: no other machine has to
     * reply. NULL: use fetch. */
    apr_status_t (*fetch_local)(ti_cache_t *cache, ti_entry_t *entry,
                                const struct ti_key_t *key, apr_time_t now,
                                apr_pool_t *p);
};

#endif
