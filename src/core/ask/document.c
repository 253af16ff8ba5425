/* SPDX-License-Identifier: Apache-2.0 */
#include "ask/document.h"

#include <string.h>

#include <apr_strings.h>

#include "ask/retrieval.h"
#include "ask/server.h"
#include "ask/singleflight.h"
#include "base/messages.h"
#include "traffic/waiters.h"

/* One kind of document. */
typedef struct kind_t {
    void (*ask)(ti_outcome_t *outcome, const ti_world_t *world,
                const ti_question_t *question);
    apr_interval_time_t max_age; /* how long it is kept */
    const char *failed;          /* the cause when it cannot be fetched */
    const char *negative; /* name of the entry that says so, where an older
                             document stays in its own; NULL: none */
} kind_t;

/* One document of one server. */
typedef struct source_t {
    const kind_t *kind;
    ti_key_t key;
    apr_time_t newer; /* what was fetched until then does not count */
} source_t;

static void find(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question, const kind_t *kind,
                 const char *name, apr_time_t newer);
static void plan_flight(ti_flight_plan_t *plan, const ti_world_t *world,
                        const ti_question_t *question, const source_t *source);
static int recall(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const source_t *source);
static void fetch(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const source_t *source);
static int has_failed(const ti_world_t *world, const ti_question_t *question,
                      const source_t *source);
static int join(ti_outcome_t *outcome, const ti_world_t *world,
                const ti_question_t *question, const source_t *source,
                const ti_flight_plan_t *plan);
static int negative_key(ti_key_t *key, const ti_question_t *question,
                        const source_t *source);

static const kind_t keys = {ti_retrieval_keys, TI_DOCUMENT_MAX_AGE,
                            "the key set could not be fetched", NULL};
static const kind_t newer_keys = {ti_retrieval_keys, TI_DOCUMENT_MAX_AGE,
                                  "the key set could not be fetched again",
                                  "newer key set failed"};
static const kind_t metadata = {
    ti_retrieval_metadata, TI_DOCUMENT_METADATA_MAX_AGE,
    "the metadata of the authorization server could not be fetched", NULL};

void ti_document_keys(ti_outcome_t *outcome, const ti_world_t *world,
                      const ti_question_t *question)
{
    find(outcome, world, question, &keys, question->server->jwks_url, 0);
}

void ti_document_newer_keys(ti_outcome_t *outcome, const ti_world_t *world,
                            const ti_question_t *question, apr_time_t newer)
{
    find(outcome, world, question, &newer_keys, question->server->jwks_url,
         newer);
}

void ti_document_metadata(ti_outcome_t *outcome, const ti_world_t *world,
                          const ti_question_t *question, apr_time_t newer)
{
    find(outcome, world, question, &metadata, question->server->discovery,
         newer);
}

/* `name`: what tells the document from others of the server. */
static void find(ti_outcome_t *outcome, const ti_world_t *world,
                 const ti_question_t *question, const kind_t *kind,
                 const char *name, apr_time_t newer)
{
    source_t source = {kind, {{0}}, newer};
    ti_flight_plan_t plan;
    /* a question about a token counts among those who wait already */
    int is_counted = question->token != NULL;

    ti_outcome_give_up(outcome, TI_MSG_JWKS, kind->failed);
    if (ti_key_derive(&source.key, question->server->documents, name,
                      strlen(name)) != APR_SUCCESS ||
        recall(outcome, world, question, &source) ||
        has_failed(world, question, &source)) {
        return;
    }
    if (!is_counted) {
        ti_waiters_add(world->waiters);
    }
    plan_flight(&plan, world, question, &source);
    if (!join(outcome, world, question, &source, &plan)) {
        plan_flight(&plan, world, question, &source); /* less time is left */
        plan.unshared = 1;
        join(outcome, world, question, &source, &plan);
    }
    if (!is_counted) {
        ti_waiters_remove(world->waiters);
    }
}

/* Zero: another request has it, and no cache hands it on, so this one has to
 * fetch it alone. What nobody could fetch a moment ago is not fetched again. */
static int join(ti_outcome_t *outcome, const ti_world_t *world,
                const ti_question_t *question, const source_t *source,
                const ti_flight_plan_t *plan)
{
    ti_flight_t flight = {0};
    ti_notice_t notice = {0};

    switch (ti_singleflight_join(&flight, world, plan)) {
    case TI_FLIGHT_LEAD:
        if (!recall(outcome, world, question, source)) {
            fetch(outcome, world, question, source);
        }
        if (outcome->kind != TI_KIND_DOCUMENT) {
            notice.verdict = outcome->verdict;
        }
        ti_singleflight_end(world, &flight, &notice, NULL);
        return 1;
    case TI_FLIGHT_ENDED:
        return recall(outcome, world, question, source) ||
               flight.notice.verdict != TI_UNDECIDED;
    default:
        return 1;
    }
}

/* Who has the answer about a token already holds a place of the server's: a
 * few more are for what verifies it, or those who hold them all would wait for
 * each other. */
static void plan_flight(ti_flight_plan_t *plan, const ti_world_t *world,
                        const ti_question_t *question, const source_t *source)
{
    apr_interval_time_t left = ti_retrieval_left(world, question);

    ti_singleflight_plan(plan, world, question, &source->key);
    plan->was_active = 1;
    if (question->token != NULL) {
        plan->extra = plan->cap < 8 ? 1 : plan->cap / 4;
        plan->wait = left;
        plan->patience = left < plan->patience ? left : plan->patience;
    }
}

static int recall(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const source_t *source)
{
    ti_entry_t entry;

    if (world->cache == NULL ||
        world->cache->fetch(world->cache, &entry, &source->key, world->steady(),
                            question->p) != APR_SUCCESS ||
        entry.answered <= source->newer) {
        return 0;
    }
    if (entry.kind != TI_KIND_DOCUMENT) {
        return 0;
    }
    if (entry.size == 0) {
        outcome->cause = "it could not be fetched a moment ago";
        outcome->retry_after = entry.expires - world->steady();
        return 1;
    }
    outcome->kind = TI_KIND_DOCUMENT;
    outcome->body = apr_pstrmemdup(question->p, entry.bytes, entry.size);
    outcome->answered = entry.answered;
    return 1;
}

static void fetch(ti_outcome_t *outcome, const ti_world_t *world,
                  const ti_question_t *question, const source_t *source)
{
    const ti_key_t *key = &source->key;
    ti_entry_t entry = {0};
    ti_key_t negative;

    source->kind->ask(outcome, world, question);
    if (world->cache == NULL || outcome->message == TI_MSG_ABORTED ||
        outcome->message == TI_MSG_INTERNAL || outcome->timed_out_early) {
        return;
    }
    entry.kind = TI_KIND_DOCUMENT;
    entry.answered = outcome->answered;
    if (outcome->kind == TI_KIND_DOCUMENT) {
        entry.expires = outcome->answered + source->kind->max_age;
        entry.bytes = outcome->body;
        entry.size = strlen(outcome->body);
    } else { /* not TI_KIND_INACTIVE, which tiers.c would hold for an hour */
        entry.expires =
            world->steady() + (outcome->retry_after < TI_DOCUMENT_MAX_AGE
                                   ? outcome->retry_after
                                   : TI_DOCUMENT_MAX_AGE);
        if (source->newer > 0) { /* an older one stays, and serves */
            if (!negative_key(&negative, question, source)) {
                return;
            }
            key = &negative;
        }
    }
    world->cache->store(world->cache, key, &entry, outcome->answered,
                        question->p);
}

/* Could nobody fetch a newer one, a moment ago? */
static int has_failed(const ti_world_t *world, const ti_question_t *question,
                      const source_t *source)
{
    ti_entry_t entry;
    ti_key_t negative;

    return world->cache != NULL && negative_key(&negative, question, source) &&
           world->cache->fetch(world->cache, &entry, &negative, world->steady(),
                               question->p) == APR_SUCCESS;
}

static int negative_key(ti_key_t *key, const ti_question_t *question,
                        const source_t *source)
{
    const char *name = source->kind->negative;

    return name != NULL && ti_key_derive(key, question->server->documents, name,
                                         strlen(name)) == APR_SUCCESS;
}
