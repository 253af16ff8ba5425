/* SPDX-License-Identifier: Apache-2.0 */
#include "http/freelist.h"

#include <string.h>

#include <apr_thread_mutex.h>

typedef struct slot_t {
    apr_uint64_t hash;
    apr_time_t since;
    void *thing;
} slot_t;

struct ti_freelist_t {
    apr_thread_mutex_t *lock;
    apr_interval_time_t age;
    int size;
    int count;
    slot_t *slots; /* oldest first */
};

static void *remove_at(ti_freelist_t *list, int place);
static void *make_room(ti_freelist_t *list, apr_time_t now);

apr_status_t ti_freelist_create(ti_freelist_t **list, int size,
                                apr_interval_time_t age, apr_pool_t *p)
{
    ti_freelist_t *made = apr_pcalloc(p, sizeof(*made));

    made->age = age;
    made->size = size > 0 ? size : 0;
    made->slots = apr_pcalloc(p, sizeof(slot_t) * (apr_size_t)made->size);
    *list = made;
    return apr_thread_mutex_create(&made->lock, APR_THREAD_MUTEX_DEFAULT, p);
}

void *ti_freelist_take(ti_freelist_t *list, apr_uint64_t hash)
{
    void *thing = NULL;
    int i;

    apr_thread_mutex_lock(list->lock);
    for (i = list->count - 1; i >= 0 && thing == NULL; i--) {
        if (list->slots[i].hash == hash) {
            thing = remove_at(list, i);
        }
    }
    apr_thread_mutex_unlock(list->lock);
    return thing;
}

void *ti_freelist_put(ti_freelist_t *list, apr_uint64_t hash, void *thing,
                      apr_time_t now)
{
    void *old;
    slot_t *slot;

    if (list->size == 0) {
        return thing;
    }

    apr_thread_mutex_lock(list->lock);
    old = make_room(list, now);
    slot = &list->slots[list->count++];
    slot->hash = hash;
    slot->since = now;
    slot->thing = thing;
    apr_thread_mutex_unlock(list->lock);
    return old;
}

void *ti_freelist_sweep(ti_freelist_t *list, apr_time_t before)
{
    void *thing = NULL;

    apr_thread_mutex_lock(list->lock);
    if (list->count > 0 && list->slots[0].since <= before) {
        thing = remove_at(list, 0);
    }
    apr_thread_mutex_unlock(list->lock);
    return thing;
}

static void *remove_at(ti_freelist_t *list, int place)
{
    slot_t *slot = &list->slots[place];
    void *thing = slot->thing;

    list->count--;
    memmove(slot, slot + 1, sizeof(slot_t) * (apr_size_t)(list->count - place));
    return thing;
}

static void *make_room(ti_freelist_t *list, apr_time_t now)
{
    if (list->count == 0 ||
        (list->count < list->size && now - list->slots[0].since < list->age)) {
        return NULL;
    }
    return remove_at(list, 0);
}
