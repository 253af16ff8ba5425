/* SPDX-License-Identifier: Apache-2.0
 * The interface of every cache of answers: the table in shared memory, a store,
 * or the one in front of the other.
 */
#ifndef TI_CACHE_H
#define TI_CACHE_H

#include <apr_pools.h>
#include <apr_time.h>

#include "claims/claims.h"

struct ti_key_t;

/* What is remembered under a key. Zero is nothing at all. */
typedef enum ti_kind_t {
    TI_KIND_NONE = 0,
    TI_KIND_CLAIMS,   /* active: a compiled claims record */
    TI_KIND_INACTIVE, /* the authorization server said no; no bytes */
    TI_KIND_DOCUMENT  /* some other document of the authorization server */
} ti_kind_t;

/* The largest block of bytes that is remembered: a compiled record. */
#define TI_ENTRY_MAX TI_CLAIMS_SIZE_MAX

/* How far the clocks of machines that share a store may differ: an entry from
 * further ahead would outlive its time here. */
#define TI_ENTRY_SKEW apr_time_from_sec(5)

/* How far a moment may move on its way from the steady clock into a store and
 * back: the clocks are read one after the other. */
#define TI_ENTRY_JITTER apr_time_from_msec(100)

/* One remembered answer. Its times, and each `now` below, are the steady
 * clock's; a store that other machines can reach converts them. The caller owns
 * `bytes` given to store; fetch allocates a copy, aligned to 8, from the
 * caller's pool. */
typedef struct ti_entry_t {
    ti_kind_t kind;
    apr_time_t answered; /* when the authorization server gave this answer */
    apr_time_t expires;  /* moment from which it is no longer kept */
    const void *bytes;
    apr_size_t size;
} ti_entry_t;

typedef struct ti_cache_t ti_cache_t;

struct ti_cache_t {
    /* Find the entry of a key. APR_SUCCESS with *entry filled, APR_NOTFOUND
     * for a miss (also: expired at `now`, torn, unreadable), another status
     * when the store itself failed; *entry is all zero then. */
    apr_status_t (*fetch)(ti_cache_t *cache, ti_entry_t *entry,
                          const struct ti_key_t *key, apr_time_t now,
                          apr_pool_t *p);
    /* Remember an entry, in place of an earlier one of the same key. APR_EEXIST
     * when there is a newer one, by `answered`, which stays, also when its time
     * is over: answers may arrive in another order than their questions were
     * sent. Best effort: another failure means that the next request asks
     * again. */
    apr_status_t (*store)(ti_cache_t *cache, const struct ti_key_t *key,
                          const ti_entry_t *entry, apr_time_t now,
                          apr_pool_t *p);
    /* Look in the cache behind for an answer younger than *entry, which is
     * too old for the caller. APR_SUCCESS with *entry replaced; else *entry is
     * as it was: APR_NOTFOUND where nothing younger is known, another status
     * when the store failed. NULL where there is no further place. */
    apr_status_t (*fetch_younger)(ti_cache_t *cache, ti_entry_t *entry,
                                  const struct ti_key_t *key, apr_time_t now,
                                  apr_pool_t *p);
    void *self; /* the implementation's own */
    /* As fetch, but asks no other machine: for a caller that has just asked
     * all. NULL: fetch does. */
    apr_status_t (*fetch_local)(ti_cache_t *cache, ti_entry_t *entry,
                                const struct ti_key_t *key, apr_time_t now,
                                apr_pool_t *p);
};

#endif
