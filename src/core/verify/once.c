/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/once.h"

#include <string.h>

#include "base/lock.h"

#define NAME_SIZE 16 /* of a digest: enough that no two are alike */

typedef struct slot_t {
    unsigned char name[NAME_SIZE];
    apr_time_t until; /* expired after this */
} slot_t;

typedef struct taken_t {
    ti_lock_t lock;
    slot_t slots[TI_ONCE_MAX];
} taken_t;

struct ti_once_t {
    taken_t *taken;
    unsigned char secret[TI_SECRET_SIZE];
};

static ti_once_t *attach(void *memory, const void *secret, apr_pool_t *p);
static apr_status_t name_of(unsigned char name[NAME_SIZE],
                            const ti_once_t *once, const ti_key_t *identity,
                            const char *id);
static apr_status_t lock(taken_t *taken);
static slot_t *find(taken_t *taken, const unsigned char name[NAME_SIZE]);
static slot_t *first_to_end(taken_t *taken);

apr_size_t ti_once_size(void)
{
    return sizeof(taken_t);
}

apr_status_t ti_once_open(ti_once_t **once, void *memory, int fresh,
                          const void *secret, apr_pool_t *p)
{
    apr_status_t rv;

    *once = attach(memory, secret, p);
    if (fresh) {
        memset(memory, 0, sizeof(taken_t));
        return ti_lock_init(&(*once)->taken->lock);
    }
    rv = lock((*once)->taken);
    if (rv == APR_SUCCESS) {
        ti_lock_give(&(*once)->taken->lock);
    }
    return rv;
}

apr_status_t ti_once_copy(ti_once_t **once, void *memory, const void *from,
                          const void *secret, apr_pool_t *p)
{
    *once = attach(memory, secret, p);
    memcpy(memory, from, sizeof(taken_t));
    return ti_lock_init(&(*once)->taken->lock);
}

static ti_once_t *attach(void *memory, const void *secret, apr_pool_t *p)
{
    ti_once_t *once = apr_pcalloc(p, sizeof(*once));

    once->taken = memory;
    memcpy(once->secret, secret, TI_SECRET_SIZE);
    return once;
}

apr_status_t ti_once_take(ti_once_t *once, const ti_key_t *identity,
                          const char *id, apr_time_t until, apr_time_t now)
{
    unsigned char name[NAME_SIZE];
    apr_status_t rv = name_of(name, once, identity, id);
    slot_t *slot;

    if (rv == APR_SUCCESS) {
        rv = lock(once->taken);
    }
    if (rv != APR_SUCCESS) {
        return rv;
    }
    slot = find(once->taken, name);
    if (slot != NULL && slot->until > now) {
        rv = APR_EEXIST;
    } else {
        slot = slot != NULL ? slot : first_to_end(once->taken);
        memcpy(slot->name, name, NAME_SIZE);
        slot->until = until;
    }
    ti_lock_give(&once->taken->lock);
    return rv;
}

void ti_once_give(ti_once_t *once, const ti_key_t *identity, const char *id)
{
    unsigned char name[NAME_SIZE];
    slot_t *slot;

    if (name_of(name, once, identity, id) != APR_SUCCESS ||
        lock(once->taken) != APR_SUCCESS) {
        return;
    }
    slot = find(once->taken, name);
    if (slot != NULL) {
        slot->until = 0;
    }
    ti_lock_give(&once->taken->lock);
}

static apr_status_t name_of(unsigned char name[NAME_SIZE],
                            const ti_once_t *once, const ti_key_t *identity,
                            const char *id)
{
    ti_key_t key;
    apr_status_t rv =
        ti_key_once(&key, once->secret, identity, "once", id, strlen(id));

    memcpy(name, key.bytes, NAME_SIZE);
    return rv;
}

/* A holder that died leaves one slot half written at most: it matches no
 * identifier that is ever sent. */
static apr_status_t lock(taken_t *taken)
{
    apr_status_t rv = ti_lock_take(&taken->lock);

    return rv == APR_INCOMPLETE ? APR_SUCCESS : rv;
}

static slot_t *find(taken_t *taken, const unsigned char name[NAME_SIZE])
{
    apr_size_t i;

    for (i = 0; i < TI_ONCE_MAX; i++) {
        if (memcmp(taken->slots[i].name, name, NAME_SIZE) == 0) {
            return &taken->slots[i];
        }
    }
    return NULL;
}

static slot_t *first_to_end(taken_t *taken)
{
    slot_t *first = taken->slots;
    apr_size_t i;

    for (i = 1; i < TI_ONCE_MAX; i++) {
        if (taken->slots[i].until < first->until) {
            first = &taken->slots[i];
        }
    }
    return first;
}
