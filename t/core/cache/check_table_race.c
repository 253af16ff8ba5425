/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that read and write one table at the same time.
 *
 * Under ThreadSanitizer too.
 */
#include "table.h"

#include <pthread.h>

#define KEYS 8
#define ROUNDS 2000
#define WRITERS 2
#define READERS 2

/* The newest version of each key whose store has returned. */
static apr_uint64_t stored[KEYS];

typedef struct actor_t {
    pthread_t thread;
    apr_uint64_t number;
    apr_uint64_t hits;
    apr_uint64_t wrong;
    apr_uint64_t failed;
    apr_uint64_t old; /* answers older than a store that had returned */
} actor_t;

static int done;

/* Each writer has its own keys; what else it stores makes the ring go round. */
static void *write_keys(void *argument)
{
    actor_t *self = argument;
    apr_uint64_t version;
    apr_uint64_t n;
    apr_pool_t *p;

    apr_pool_create(&p, NULL);
    for (version = 1; version < ROUNDS; version++) {
        for (n = self->number; n < KEYS; n += WRITERS) {
            if (put_in_sequence(table, n, version, p) != APR_SUCCESS) {
                self->failed++;
            }
            __atomic_store_n(&stored[n], version, __ATOMIC_RELEASE);
            put(table, KEYS * (version + 1) + n, 0, 2000, p);
            apr_pool_clear(p);
        }
    }
    apr_pool_destroy(p);
    return NULL;
}

static void *read_keys(void *argument)
{
    actor_t *self = argument;
    ti_entry_t entry;
    apr_uint64_t newest;
    apr_uint64_t i;
    apr_uint64_t n;
    apr_pool_t *p;

    apr_pool_create(&p, NULL);
    for (i = 0; !__atomic_load_n(&done, __ATOMIC_ACQUIRE); i++) {
        n = i % KEYS;
        newest = __atomic_load_n(&stored[n], __ATOMIC_ACQUIRE);
        if (get(&entry, table, n, p) == APR_SUCCESS) {
            self->hits++;
            self->wrong += !right_in_sequence(&entry, n);
            self->old += entry.answered < NOW + (apr_time_t)newest;
        }
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    return NULL;
}

START_TEST(readers_see_whole_entries_and_never_go_back_in_time)
{
    actor_t actors[WRITERS + READERS] = {0};
    actor_t sum = {0};
    int i;

    for (i = 0; i < WRITERS + READERS; i++) {
        actors[i].number = (apr_uint64_t)i;
        ck_assert_int_eq(pthread_create(&actors[i].thread, NULL,
                                        i < WRITERS ? write_keys : read_keys,
                                        &actors[i]),
                         0);
    }
    for (i = 0; i < WRITERS + READERS; i++) {
        if (i == WRITERS) {
            __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
        }
        pthread_join(actors[i].thread, NULL);
        sum.hits += actors[i].hits;
        sum.wrong += actors[i].wrong;
        sum.failed += actors[i].failed;
        sum.old += actors[i].old;
    }

    ck_assert_uint_gt(sum.hits, ROUNDS);
    ck_assert_uint_eq(sum.wrong, 0);
    ck_assert_uint_eq(sum.old, 0);
    ck_assert_uint_eq(sum.failed, 0);
    ck_assert_uint_eq(stats_now().repairs, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("race");
    TCase *one = tcase_create("race");

    tcase_add_checked_fixture(one, small_open, table_close);
    tcase_set_timeout(one, 240);
    tcase_add_test(one, readers_see_whole_entries_and_never_go_back_in_time);
    suite_add_tcase(all, one);
    return all;
}
