/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/revocation.h"

#include <string.h>

#include "ask/server.h"
#include "claims/claims.h"
#include "verify/tombstones.h"

#define NAME_SIZE 16
#define SECRETS_MAX 2

struct ti_revocations_t {
    ti_tombstones_t *marks;
    int count; /* of secrets: the current one, then the former */
    unsigned char secrets[SECRETS_MAX][TI_SECRET_SIZE];
};

/* The name of a claim's mark. */
static const char *const claim_names[TI_REVOKED_KINDS] = {NULL, "sub", "sid",
                                                          "client_id", "sub"};

static ti_revocations_t *attach(void *memory, const ti_key_secrets_t *secrets,
                                apr_pool_t *p);
static apr_status_t digest(ti_tombstone_t *name, const void *secret,
                           ti_revoked_t kind, const ti_key_t *identity,
                           const char *value, apr_size_t length);
static ti_standing_t judge(const ti_tombstone_t *mark, apr_time_t answered,
                           apr_time_t now);
static int has_session(const ti_claims_t *claims);
static int look(ti_tombstone_t *found, const ti_revocations_t *revocations,
                int which, const ti_question_t *question,
                const ti_entry_t *entry);

apr_size_t ti_revocations_size(void)
{
    return sizeof(ti_tombstones_t);
}

apr_status_t ti_revocations_open(ti_revocations_t **revocations, void *memory,
                                 int fresh, const ti_key_secrets_t *secrets,
                                 apr_time_t now, apr_pool_t *p)
{
    ti_tombstones_t *marks = memory;
    apr_status_t rv;

    *revocations = attach(memory, secrets, p);
    if (fresh) {
        memset(memory, 0, sizeof(ti_tombstones_t));
        return ti_lock_init(&marks->lock);
    }
    rv = ti_tombstones_lock(marks, now);
    if (rv == APR_SUCCESS) {
        ti_tombstones_unlock(marks);
    }
    return rv;
}

apr_status_t ti_revocations_copy(ti_revocations_t **revocations, void *memory,
                                 const void *from,
                                 const ti_key_secrets_t *secrets,
                                 apr_time_t now, apr_pool_t *p)
{
    ti_tombstones_t *marks = memory;
    apr_status_t rv;

    *revocations = attach(memory, secrets, p);
    memcpy(memory, from, sizeof(ti_tombstones_t));
    rv = ti_lock_init(&marks->lock);
    if (rv == APR_SUCCESS) {
        rv = ti_tombstones_lock(marks, now);
    }
    if (rv == APR_SUCCESS) {
        ti_tombstones_forget(marks, now);
        ti_tombstones_unlock(marks);
    }
    return rv;
}

static ti_revocations_t *attach(void *memory, const ti_key_secrets_t *secrets,
                                apr_pool_t *p)
{
    ti_revocations_t *revocations = apr_pcalloc(p, sizeof(*revocations));

    revocations->marks = memory;
    revocations->count = 1;
    memcpy(revocations->secrets[0], secrets->current, TI_SECRET_SIZE);
    if (secrets->former != NULL) {
        memcpy(revocations->secrets[1], secrets->former, TI_SECRET_SIZE);
        revocations->count = 2;
    }
    return revocations;
}

apr_status_t ti_revoke(ti_revocations_t *revocations,
                       const ti_revocation_t *mark, apr_time_t now)
{
    ti_tombstones_t *marks = revocations->marks;
    ti_tombstone_t made[SECRETS_MAX];
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < revocations->count && rv == APR_SUCCESS; i++) {
        rv = digest(&made[i], revocations->secrets[i], mark->kind,
                    mark->identity, mark->value, mark->length);
        made[i].at = mark->at;
        made[i].held_till = mark->held_till > mark->at + TI_ENTRY_JITTER
                                ? mark->held_till
                                : mark->at + TI_ENTRY_JITTER;
        made[i].until = mark->until;
    }
    if (rv == APR_SUCCESS) {
        rv = ti_tombstones_lock(marks, now);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    for (i = 0; i < revocations->count; i++) {
        ti_tombstones_put(marks, &made[i], now);
    }
    ti_tombstones_unlock(marks);
    return APR_SUCCESS;
}

apr_status_t ti_revocations_renamed(ti_revocations_t *revocations,
                                    apr_time_t since, apr_time_t now)
{
    ti_tombstones_t *marks = revocations->marks;
    apr_status_t rv = ti_tombstones_lock(marks, now);

    if (rv == APR_SUCCESS) {
        ti_tombstones_orphan(marks, since, now);
        ti_tombstones_unlock(marks);
    }
    return rv;
}

ti_standing_t ti_revocation_standing(const ti_revocations_t *revocations,
                                     const ti_question_t *question,
                                     const ti_entry_t *entry, apr_time_t now)
{
    ti_standing_t standing;
    ti_tombstone_t found;
    int i;

    if (revocations == NULL ||
        __atomic_load_n(&revocations->marks->until, __ATOMIC_ACQUIRE) <= now) {
        return TI_STANDING_GOOD;
    }
    ti_tombstones_all(&found, revocations->marks);
    standing = judge(&found, entry->answered, now);
    for (i = 0; i < TI_REVOKED_KINDS * revocations->count; i++) {
        ti_standing_t by_kind;

        if (!look(&found, revocations, i, question, entry)) {
            continue;
        }
        by_kind = judge(&found, entry->answered, now);
        standing = by_kind > standing ? by_kind : standing;
    }
    return standing;
}

apr_uint32_t ti_revocations_count(const ti_revocations_t *revocations,
                                  apr_time_t now)
{
    apr_uint32_t count = 0;
    apr_size_t i;

    for (i = 0; revocations != NULL && i < TI_TOMBSTONES_MAX; i++) {
        const ti_tombstone_t *slot = &revocations->marks->slots[i];

        count += __atomic_load_n(&slot->until, __ATOMIC_RELAXED) > now;
    }
    return count;
}

struct ti_tombstones_t *ti_revocations_table(ti_revocations_t *revocations)
{
    return revocations->marks;
}

apr_status_t ti_revocations_key(ti_key_t *key,
                                const ti_revocations_t *revocations)
{
    static const ti_key_t anybody;

    return ti_key_once(key, revocations->secrets[0], &anybody, "revocations",
                       "", 0);
}

apr_status_t ti_revocations_key_former(ti_key_t *key,
                                       const ti_revocations_t *revocations)
{
    static const ti_key_t anybody;

    return revocations->count < 2 ? APR_NOTFOUND
                                  : ti_key_once(key, revocations->secrets[1],
                                                &anybody, "revocations", "", 0);
}

/* The name of a mark. */
static apr_status_t digest(ti_tombstone_t *name, const void *secret,
                           ti_revoked_t kind, const ti_key_t *identity,
                           const char *value, apr_size_t length)
{
    static const ti_key_t anybody;
    static const char *const domains[TI_REVOKED_KINDS] = {
        "revoked token", "revoked sub", "revoked sid", "revoked client_id",
        "revoked rest"};
    apr_uint64_t halves[2];
    ti_key_t key;
    apr_status_t rv = ti_key_once(
        &key, secret, kind == TI_REVOKED_TOKEN ? &anybody : identity,
        domains[kind], value, length);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    memcpy(halves, key.bytes, NAME_SIZE);
    memset(name, 0, sizeof(*name));
    name->low = halves[0] != 0 ? halves[0] : 1;
    name->high = halves[1];
    return APR_SUCCESS;
}

static ti_standing_t judge(const ti_tombstone_t *mark, apr_time_t answered,
                           apr_time_t now)
{
    if (mark->until <= now) {
        return TI_STANDING_GOOD;
    }
    if (answered < mark->at) {
        return TI_STANDING_REVOKED;
    }
    return answered < mark->held_till ? TI_STANDING_SHARED : TI_STANDING_GOOD;
}

/* The mark about the answer's token, or about one of its claims: by each secret
 * in turn. */
static int look(ti_tombstone_t *found, const ti_revocations_t *revocations,
                int which, const ti_question_t *question,
                const ti_entry_t *entry)
{
    const void *secret = revocations->secrets[which / TI_REVOKED_KINDS];
    ti_revoked_t kind = (ti_revoked_t)(which % TI_REVOKED_KINDS);
    const char *value = question->token;
    apr_size_t length = question->length;
    ti_tombstone_t name;

    if (kind != TI_REVOKED_TOKEN) {
        const ti_value_t *member =
            entry->kind == TI_KIND_CLAIMS
                ? ti_claims_member(entry->bytes, claim_names[kind])
                : NULL;

        if (member == NULL || member->type != TI_STRING ||
            (kind == TI_REVOKED_SESSIONLESS && has_session(entry->bytes))) {
            return 0;
        }
        value = ti_claims_string(entry->bytes, member);
        length = member->length;
    }
    if (digest(&name, secret, kind, &question->server->identity, value,
               length) != APR_SUCCESS) {
        found->at = APR_INT64_MAX;
        found->held_till = APR_INT64_MAX;
        found->until = APR_INT64_MAX;
        return 1;
    }
    return ti_tombstones_find(found, revocations->marks, &name);
}

static int has_session(const ti_claims_t *claims)
{
    const ti_value_t *session = ti_claims_member(claims, "sid");

    return session != NULL && session->type == TI_STRING;
}
