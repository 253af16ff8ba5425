/* SPDX-License-Identifier: Apache-2.0
 *
 * Machines that share a store have each other's revocation marks, tell each
 * once, and come to rest.
 */
#include "fake.h"

#include "verify/replica.h"
#include "verify/revocation.h"
#include "verify/tombstones.h"

#define MACHINES 3

static ti_world_t machines[MACHINES];
static int writes; /* to the shared store */
static int is_down;
static int is_unreadable; /* for a moment: what is there stays there */
static apr_interval_time_t life_of[MACHINES]; /* of what it remembers */

static apr_status_t fetch_shared(ti_cache_t *cache, ti_entry_t *entry,
                                 const ti_key_t *key, apr_time_t at,
                                 apr_pool_t *p)
{
    memset(entry, 0, sizeof(*entry));
    return is_down || is_unreadable ? APR_EAGAIN
                                    : fetch(cache, entry, key, at, p);
}

static apr_status_t store_shared(ti_cache_t *cache, const ti_key_t *key,
                                 const ti_entry_t *entry, apr_time_t at,
                                 apr_pool_t *p)
{
    writes++;
    return is_down ? APR_EAGAIN : store(cache, key, entry, at, p);
}

static ti_cache_t shared = {fetch_shared, store_shared, NULL, NULL, NULL};

static void open_machines(void)
{
    static const unsigned char secret[TI_SECRET_SIZE] = {9};
    ti_key_secrets_t secrets = {secret, NULL, secret};
    int i;

    world_open();
    writes = 0;
    is_down = 0;
    is_unreadable = 0;
    memset(life_of, 0, sizeof(life_of));
    for (i = 0; i < MACHINES; i++) {
        machines[i] = world;
        machines[i].shared = &shared;
        ck_assert_int_eq(ti_revocations_open(&machines[i].revocations,
                                             shared_open(ti_revocations_size()),
                                             1, &secrets, now, pool),
                         APR_SUCCESS);
    }
}

static void forget_at(int machine, const char *user)
{
    ti_revocation_t mark = {
        TI_REVOKED_SUBJECT, &server->identity, user, strlen(user), now, now,
        now + SECONDS(120)};

    ck_assert_int_eq(ti_revoke(machines[machine].revocations, &mark, now),
                     APR_SUCCESS);
}

/* All look, in turn, so many times. */
static void look(int times)
{
    int i;

    while (times-- > 0) {
        now += TI_REPLICA_LOOK;
        for (i = 0; i < MACHINES; i++) {
            ti_replica_exchange(&machines[i], life_of[i], pool);
        }
    }
}

static unsigned int marks_of(int machine)
{
    return ti_revocations_count(machines[machine].revocations, now);
}

START_TEST(all_have_what_one_has)
{
    forget_at(0, "alice");
    forget_at(2, "bob");
    look(2);
    ck_assert_uint_eq(marks_of(0), 2);
    ck_assert_uint_eq(marks_of(1), 2);
    ck_assert_uint_eq(marks_of(2), 2);
}
END_TEST

START_TEST(then_nobody_writes_and_no_mark_moves)
{
    const ti_tombstones_t *table =
        ti_revocations_table(machines[0].revocations);
    ti_tombstones_t *before = malloc(sizeof(*before));

    forget_at(0, "alice");
    forget_at(1, "bob");
    look(3);
    memcpy(before, table, sizeof(*before));
    writes = 0;
    look(60);
    ck_assert_int_eq(writes, 0);
    ck_assert_mem_eq(before->slots, table->slots, sizeof(table->slots));
    free(before);
}
END_TEST

START_TEST(a_mark_that_is_made_again_counts_from_then_on_everywhere)
{
    const ti_tombstones_t *table =
        ti_revocations_table(machines[1].revocations);
    apr_time_t second;
    int found = 0;
    int i;

    forget_at(0, "alice");
    look(2);
    second = now;
    forget_at(0, "alice");
    look(2);
    for (i = 0; i < TI_TOMBSTONES_MAX; i++) {
        found += table->slots[i].at == second + TI_ENTRY_SKEW;
    }
    ck_assert_int_eq(found, 1);
}
END_TEST

START_TEST(a_store_that_was_down_or_emptied_is_told_again)
{
    is_down = 1;
    forget_at(0, "alice");
    look(3);
    ck_assert_uint_eq(marks_of(1), 0);
    is_down = 0;
    look(2);
    ck_assert_uint_eq(marks_of(1), 1);
    cells_used = 0;
    writes = 0;
    look(2);
    ck_assert_int_eq(writes, 1);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_written_over)
{
    forget_at(0, "alice");
    now += TI_REPLICA_LOOK;
    ti_replica_exchange(&machines[0], 0, pool);
    ck_assert_int_eq(writes, 1);

    forget_at(1, "bob");
    is_unreadable = 1;
    ti_replica_exchange(&machines[1], 0, pool);
    ck_assert_int_eq(writes, 1);
    is_unreadable = 0;

    /* the one that told it is gone: what lies there is all that is left */
    now += TI_REPLICA_LOOK;
    ti_replica_exchange(&machines[2], 0, pool);
    ck_assert_uint_eq(marks_of(2), 1);
    ti_replica_exchange(&machines[1], 0, pool);
    ck_assert_uint_eq(marks_of(1), 2);
}
END_TEST

START_TEST(more_than_can_be_told_are_one_for_all)
{
    char user[32];
    ti_tombstone_t all;
    int i;

    for (i = 0; i < TI_TOMBSTONES_MAX; i++) {
        apr_snprintf(user, sizeof(user), "user-%d", i);
        forget_at(0, user);
    }
    look(2);
    ti_tombstones_all(&all, ti_revocations_table(machines[1].revocations));
    ck_assert_int_gt(all.until, now);
}
END_TEST

START_TEST(a_mark_lives_as_long_as_any_machine_remembers)
{
    life_of[1] = SECONDS(3600);
    forget_at(0, "alice");
    look(3);
    writes = 0;
    look(20);
    ck_assert_int_eq(writes, 0);
    now += SECONDS(3000);
    ck_assert_uint_eq(marks_of(1), 1);
}
END_TEST

START_TEST(what_was_for_all_stays_for_all)
{
    char user[32];
    ti_tombstone_t own;
    ti_tombstone_t others;
    int i;

    for (i = 0; i < 3 * TI_TOMBSTONES_MAX / 2; i++) {
        apr_snprintf(user, sizeof(user), "user-%d", i);
        forget_at(0, user);
        now += i % 100 == 0;
    }
    look(2);
    ti_tombstones_all(&own, ti_revocations_table(machines[0].revocations));
    ti_tombstones_all(&others, ti_revocations_table(machines[1].revocations));
    ck_assert_int_ge(others.at, own.at);
    ck_assert_int_ge(others.until, own.until);
}
END_TEST

START_TEST(marks_end)
{
    forget_at(0, "alice");
    look(2);
    now += SECONDS(200);
    writes = 0;
    look(3);
    ck_assert_uint_eq(marks_of(0) + marks_of(1) + marks_of(2), 0);
    ck_assert_int_eq(writes, 0);
}
END_TEST

START_TEST(processes_of_a_machine_look_in_turn)
{
    int before;

    look(1);
    before = fetches;
    ti_replica_exchange(&machines[0], life_of[0], pool);
    ti_replica_exchange(&machines[0], life_of[0], pool);
    ck_assert_int_eq(fetches, before);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("replica");
    TCase *tc = tcase_create("replica");

    tcase_add_checked_fixture(tc, pool_open, pool_close);
    tcase_add_checked_fixture(tc, open_machines, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, all_have_what_one_has);
    tcase_add_test(tc, then_nobody_writes_and_no_mark_moves);
    tcase_add_test(tc,
                   a_mark_that_is_made_again_counts_from_then_on_everywhere);
    tcase_add_test(tc, a_store_that_was_down_or_emptied_is_told_again);
    tcase_add_test(tc, what_cannot_be_read_is_not_written_over);
    tcase_add_test(tc, more_than_can_be_told_are_one_for_all);
    tcase_add_test(tc, a_mark_lives_as_long_as_any_machine_remembers);
    tcase_add_test(tc, what_was_for_all_stays_for_all);
    tcase_add_test(tc, marks_end);
    tcase_add_test(tc, processes_of_a_machine_look_in_turn);
    suite_add_tcase(s, tc);
    return s;
}
