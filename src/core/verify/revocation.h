/* SPDX-License-Identifier: Apache-2.0
 *
 * Revocation, by hand or by an event. Marks in shared memory say that answers
 * about a token, a user, a session or a client do not count if they were asked
 * for before a given time. The answers themselves stay where they are, under
 * as many keys as there are servers and clients. A mark's name is a keyed
 * digest, which reveals no one.
 *
 * A hit reads one word while no mark counts. When the marks are full, one mark
 * for all takes their place: each token is asked about again.
 */
#ifndef TI_REVOCATION_H
#define TI_REVOCATION_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_time.h>

#include "base/key.h"
#include "base/world.h"
#include "cache/cache.h"

/* What a mark is about. The value is a token's text, or that of the claim. */
typedef enum ti_revoked_t {
    TI_REVOKED_TOKEN = 0,   /* at every authorization server */
    TI_REVOKED_SUBJECT,     /* claim sub, at one authorization server */
    TI_REVOKED_SESSION,     /* claim sid */
    TI_REVOKED_CLIENT,      /* claim client_id */
    TI_REVOKED_SESSIONLESS, /* claim sub, of answers without a sid */
    TI_REVOKED_KINDS
} ti_revoked_t;

/* One mark as it is made. Times are the steady clock's, in
 * microseconds. */
typedef struct ti_revocation_t {
    ti_revoked_t kind;
    const ti_key_t *identity; /* the server's; unused for a token */
    const char *value;
    apr_size_t length;    /* of the value, bytes */
    apr_time_t at;        /* answers asked for before do not count at all */
    apr_time_t held_till; /* and those asked for until then are good for
                             whoever asked, but are not remembered;
                             TI_ENTRY_JITTER after `at`, or later */
    apr_time_t until;     /* afterwards the mark means nothing: no answer of
                             before is remembered any longer */
} ti_revocation_t;

/* How much a remembered answer counts. */
typedef enum ti_standing_t {
    TI_STANDING_GOOD = 0,
    TI_STANDING_SHARED, /* only for requests that waited for it */
    TI_STANDING_REVOKED
} ti_standing_t;

typedef struct ti_revocations_t ti_revocations_t;

/* Bytes of shared memory that the marks need. */
apr_size_t ti_revocations_size(void);

/* Make (`fresh` nonzero) or take over the marks at `memory`, which is shared
 * and aligned to 64. The secrets key the digests: while there is a former one
 * each mark is made and found by both. The handle is in `p`. APR_TIMEUP: a
 * stopped process holds the lock of the marks to take over. */
apr_status_t ti_revocations_open(ti_revocations_t **revocations, void *memory,
                                 int fresh, const ti_key_secrets_t *secrets,
                                 apr_time_t now, apr_pool_t *p);

/* After that: copy the marks at `from` to `memory`, with a new lock. A mark
 * that was being made is in neither, so everything remembered is revoked.
 */
apr_status_t ti_revocations_copy(ti_revocations_t **revocations, void *memory,
                                 const void *from,
                                 const ti_key_secrets_t *secrets,
                                 apr_time_t now, apr_pool_t *p);

/* The secrets have changed, so no secret finds marks from before `since`: if
 * one of them still counts, mark everything. */
apr_status_t ti_revocations_renamed(ti_revocations_t *revocations,
                                    apr_time_t since, apr_time_t now);

/* Make a mark, or make an existing one later. `now`: the time, for marks that
 * mean nothing any longer. A status other than APR_SUCCESS: nothing was
 * revoked. */
apr_status_t ti_revoke(ti_revocations_t *revocations,
                       const ti_revocation_t *mark, apr_time_t now);

/* Does this answer to the question count at `now`? With no handle, everything
 * counts. Where a digest cannot be made, nothing does. */
ti_standing_t ti_revocation_standing(const ti_revocations_t *revocations,
                                     const ti_question_t *question,
                                     const ti_entry_t *entry, apr_time_t now);

/* How many marks count at `now`. */
apr_uint32_t ti_revocations_count(const ti_revocations_t *revocations,
                                  apr_time_t now);

struct ti_tombstones_t;

/* The marks themselves, for replica.c. */
struct ti_tombstones_t *ti_revocations_table(ti_revocations_t *revocations);

/* The key under which machines with one secret tell each other their marks; the
 * former secret's, APR_NOTFOUND where there is none. */
apr_status_t ti_revocations_key(ti_key_t *key,
                                const ti_revocations_t *revocations);
apr_status_t ti_revocations_key_former(ti_key_t *key,
                                       const ti_revocations_t *revocations);

#endif
