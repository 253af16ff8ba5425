/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/answer.h"

#include <string.h>

#include "base/messages.h"
#include "traffic/proof.h"
#include "verify/former.h"
#include "verify/revocation.h"

typedef apr_status_t fetch_t(ti_cache_t *cache, ti_entry_t *entry,
                             const struct ti_key_t *key, apr_time_t now,
                             apr_pool_t *p);

static int find(ti_answer_t *answer, const ti_world_t *world,
                const ti_question_t *question, fetch_t *fetch);
static const ti_key_t *lookup_key(ti_key_t *own, const ti_world_t *world,
                                  const ti_question_t *question);
static void appraise(ti_answer_t *answer, const ti_world_t *world,
                     const ti_question_t *question);
static ti_answer_state_t state_of(const ti_entry_t *entry,
                                  const ti_question_t *question,
                                  const ti_now_t *now);
static int has_ended(const ti_claims_t *claims, apr_time_t now);
static void yield_to_newer(ti_outcome_t *outcome, const ti_world_t *world,
                           const ti_question_t *question);

void ti_answer_recall(ti_answer_t *answer, const ti_world_t *world,
                      const ti_question_t *question)
{
    if (find(answer, world, question,
             world->cache != NULL ? world->cache->fetch : NULL) &&
        answer->state != TI_ANSWER_FRESH) {
        ti_answer_recall_younger(answer, world, question);
    }
}

void ti_answer_recall_local(ti_answer_t *answer, const ti_world_t *world,
                            const ti_question_t *question)
{
    const ti_cache_t *cache = world->cache;

    find(answer, world, question,
         cache == NULL                ? NULL
         : cache->fetch_local != NULL ? cache->fetch_local
                                      : cache->fetch);
}

int ti_answer_recall_younger(ti_answer_t *answer, const ti_world_t *world,
                             const ti_question_t *question)
{
    const ti_cache_t *cache = world->cache;
    ti_key_t own;
    const ti_key_t *key = lookup_key(&own, world, question);
    int found =
        cache != NULL && cache->fetch_younger != NULL &&
        cache->fetch_younger(world->cache, &answer->entry, key,
                             answer->now.steady, question->p) == APR_SUCCESS;

    if (key == &question->key &&
        ti_former_fetch_younger(&answer->entry, world, question,
                                answer->now.steady)) {
        found = 1;
    }
    if (found) {
        appraise(answer, world, question);
    }
    return found;
}

void ti_answer_judge(ti_result_t *result, const ti_question_t *question,
                     const ti_answer_t *answer)
{
    memset(result, 0, sizeof(*result));
    result->source = TI_SOURCE_REMEMBERED;
    result->moment = answer->now;
    result->answered = answer->entry.answered;
    if (answer->entry.kind == TI_KIND_CLAIMS) {
        ti_policy_judge(result, question->policy, answer->entry.bytes,
                        answer->now.wall);
        return;
    }
    result->verdict = TI_INACTIVE;
    result->message = TI_MSG_INACTIVE;
    result->cause = "the token is not active";
}

void ti_answer_keep(const ti_world_t *world, const ti_question_t *question,
                    ti_outcome_t *outcome)
{
    const ti_server_t *server = question->server;
    ti_entry_t entry = {0};
    apr_time_t answered = outcome->answered;
    ti_now_t now = ti_world_now(world);
    const ti_key_t *key;
    ti_key_t own;

    entry.kind = outcome->kind;
    entry.answered = answered;
    if (outcome->kind == TI_KIND_INACTIVE) {
        /* even if an "inactive" is not remembered, it ends an older "active" */
        entry.expires =
            answered +
            (server->negative_max_age > 0 ? server->negative_max_age : 1);
    } else if (outcome->kind == TI_KIND_CLAIMS && server->cache_max_age > 0) {
        const ti_moment_t *end = &outcome->claims->expires;

        entry.expires =
            answered + server->cache_max_age + server->stale_if_error;
        if (end->state == TI_MOMENT_READ &&
            ti_now_to_steady(&now, end->at) < entry.expires) {
            entry.expires = ti_now_to_steady(&now, end->at);
        }
        if (entry.expires < now.steady + TI_ANSWER_SHARED) {
            entry.expires = now.steady + TI_ANSWER_SHARED;
        }
        entry.bytes = outcome->claims;
        entry.size = outcome->claims->size;
    }
    if (world->cache == NULL || entry.expires <= answered) {
        return;
    }
    key = lookup_key(&own, world, question);
    if (world->cache->store(world->cache, key, &entry, now.steady,
                            question->p) == APR_EEXIST) {
        yield_to_newer(outcome, world, question);
    }
    if (entry.kind == TI_KIND_INACTIVE && key != &question->key) {
        /* an older "active" from before our credentials must not come back when
         * they have proven good; it is asked about again then */
        entry.expires = answered + 1;
        world->cache->store(world->cache, &question->key, &entry, now.steady,
                            question->p);
        key = &question->key;
    }
    if (key == &question->key) {
        ti_former_store(world, question, &entry, now.steady);
    }
}

int ti_answer_shares(const ti_answer_t *answer, const ti_question_t *question,
                     apr_time_t answered)
{
    apr_interval_time_t demanded = question->policy->max_age;
    apr_time_t arrived = question->until - question->server->timeout;

    return answer->entry.kind == TI_KIND_CLAIMS && answered != 0 &&
           answer->entry.answered + TI_ENTRY_JITTER >= answered &&
           (demanded < 0 || answer->entry.answered + demanded > arrived);
}

/* Zero: there is nothing. */
static int find(ti_answer_t *answer, const ti_world_t *world,
                const ti_question_t *question, fetch_t *fetch)
{
    const ti_server_t *server = question->server;
    const ti_key_t *key;
    ti_key_t own;

    memset(answer, 0, sizeof(*answer));
    answer->now = ti_world_now(world);
    if (fetch == NULL || question->policy->max_age == 0 ||
        (server->cache_max_age == 0 && server->negative_max_age == 0)) {
        return 0;
    }
    key = lookup_key(&own, world, question);
    if (fetch(world->cache, &answer->entry, key, answer->now.steady,
              question->p) != APR_SUCCESS &&
        (key != &question->key || fetch != world->cache->fetch ||
         !ti_former_fetch(&answer->entry, world, question,
                          answer->now.steady))) {
        memset(&answer->entry, 0, sizeof(answer->entry));
        return 0;
    }
    appraise(answer, world, question);
    return 1;
}

/* The key of the answer: shared by all places of this client, or, until the
 * server has accepted our credentials, by these credentials only. */
static const ti_key_t *lookup_key(ti_key_t *own, const ti_world_t *world,
                                  const ti_question_t *question)
{
    const ti_server_t *server = question->server;
    apr_size_t i;

    if (ti_proof_of(world->proofs, server->number, &server->credentials) ==
            TI_PROOF_ACTIVE ||
        (server->previous.secret != NULL &&
         ti_proof_of(world->proofs, server->number,
                     &server->previous.credentials) == TI_PROOF_ACTIVE)) {
        return &question->key;
    }
    for (i = 0; i < sizeof(own->bytes); i++) {
        own->bytes[i] = question->key.bytes[i] ^ server->credentials.bytes[i];
    }
    return own;
}

/* A revoked answer serves no one. A held one is not remembered, but the
 * requests that waited for it may share it. */
static void appraise(ti_answer_t *answer, const ti_world_t *world,
                     const ti_question_t *question)
{
    ti_entry_t *entry = &answer->entry;

    answer->state = state_of(entry, question, &answer->now);
    switch (ti_revocation_standing(world->revocations, question, entry,
                                   answer->now.steady)) {
    case TI_STANDING_GOOD:
        return;
    case TI_STANDING_SHARED:
        answer->state = TI_ANSWER_NONE;
        return;
    default:
        answer->state = TI_ANSWER_NONE;
        memset(entry, 0, sizeof(*entry));
    }
}

static ti_answer_state_t state_of(const ti_entry_t *entry,
                                  const ti_question_t *question,
                                  const ti_now_t *now)
{
    const ti_server_t *server = question->server;
    apr_interval_time_t demanded = question->policy->max_age;
    apr_interval_time_t age = now->steady - entry->answered;
    apr_interval_time_t cap;

    if (now->steady >= entry->expires || (demanded >= 0 && age >= demanded)) {
        return TI_ANSWER_NONE;
    }
    switch (entry->kind) {
    case TI_KIND_INACTIVE:
        cap = server->negative_max_age;
        return age < cap ? TI_ANSWER_FRESH : TI_ANSWER_NONE;
    case TI_KIND_CLAIMS:
        cap = server->cache_max_age;
        if (has_ended(entry->bytes, now->wall)) {
            return TI_ANSWER_NONE;
        }
        if (age < cap) {
            return TI_ANSWER_FRESH;
        }
        return cap > 0 && age < cap + server->stale_if_error ? TI_ANSWER_STALE
                                                             : TI_ANSWER_NONE;
    default:
        return TI_ANSWER_NONE; /* a document is no answer about a token */
    }
}

/* The token's own end, RFC 7662 4; without leeway, which is for the verdict. */
static int has_ended(const ti_claims_t *claims, apr_time_t now)
{
    return claims->expires.state == TI_MOMENT_READ && now >= claims->expires.at;
}

/* A later question found the token inactive before this one came back. */
static void yield_to_newer(ti_outcome_t *outcome, const ti_world_t *world,
                           const ti_question_t *question)
{
    ti_answer_t answer;

    ti_answer_recall_local(&answer, world, question);
    if (answer.state == TI_ANSWER_FRESH &&
        answer.entry.kind == TI_KIND_INACTIVE) {
        memset(outcome, 0, sizeof(*outcome));
        outcome->kind = TI_KIND_INACTIVE;
        outcome->message = TI_MSG_INACTIVE;
        outcome->cause = "a later question found the token not active";
        outcome->answered = answer.entry.answered;
    }
}
