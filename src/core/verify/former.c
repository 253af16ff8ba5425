/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/former.h"

#include "ask/server.h"

static int name(ti_key_t *key, const ti_world_t *world,
                const ti_question_t *question);
static int rename_entry(ti_entry_t *entry, const ti_world_t *world,
                        const ti_question_t *question, apr_time_t now);

int ti_former_fetch(ti_entry_t *entry, const ti_world_t *world,
                    const ti_question_t *question, apr_time_t now)
{
    ti_key_t key;

    return name(&key, world, question) &&
           world->former->fetch(world->former, entry, &key, now, question->p) ==
               APR_SUCCESS &&
           rename_entry(entry, world, question, now);
}

int ti_former_fetch_younger(ti_entry_t *entry, const ti_world_t *world,
                            const ti_question_t *question, apr_time_t now)
{
    ti_key_t key;

    return name(&key, world, question) &&
           world->former->fetch_younger != NULL &&
           world->former->fetch_younger(world->former, entry, &key, now,
                                        question->p) == APR_SUCCESS &&
           rename_entry(entry, world, question, now);
}

void ti_former_store(const ti_world_t *world, const ti_question_t *question,
                     const ti_entry_t *entry, apr_time_t now)
{
    ti_key_t key;

    if (name(&key, world, question)) {
        world->former->store(world->former, &key, entry, now, question->p);
    }
}

static int name(ti_key_t *key, const ti_world_t *world,
                const ti_question_t *question)
{
    return world->former != NULL && question->server->former != NULL &&
           ti_key_derive(key, question->server->former, question->token,
                         question->length) == APR_SUCCESS;
}

/* If a newer entry has the present name already, that one counts. */
static int rename_entry(ti_entry_t *entry, const ti_world_t *world,
                        const ti_question_t *question, apr_time_t now)
{
    ti_cache_t *cache = world->cache;
    ti_entry_t newer = {0};

    if (cache->store(cache, &question->key, entry, now, question->p) ==
            APR_EEXIST &&
        (cache->fetch_local != NULL ? cache->fetch_local : cache->fetch)(
            cache, &newer, &question->key, now, question->p) == APR_SUCCESS) {
        *entry = newer;
    }
    return 1;
}
