/* SPDX-License-Identifier: Apache-2.0
 *
 * What a hit does not do: from digest to verdict it makes no system call, and
 * takes no lock, and looks at no metric. Shown in a process that the kernel
 * ends at its first system call (seccomp), while the locks of all that is
 * shared are held, and with no access to the memory of the metrics.
 *
 * Not under AddressSanitizer: a sanitizer makes system calls.
 * Not under valgrind.
 */
#include "fake.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/lock.h"
#include "base/metric.h"
#include "cache/shard.h"
#include "cache/table.h"
#include "traffic/actives.h"
#include "verify/refresher.h"

#define ROUNDS 1000
#define SIZE TI_TABLE_SIZE_MIN
#define METRICS 8 /* rows */

/* A table of this size has one shard, behind the header of 64 bytes. */
static struct {
    char *table;
    ti_lock_t *flights;
    void *metrics;
} shared;

static ti_lock_t *table_lock(void)
{
    return &((ti_shard_t *)(shared.table + 64))->lock;
}

/* All that a hit comes across in httpd, with an answer for "good" remembered,
 * and a "no" for "bad". */
static void all_open(void)
{
    ti_capacity_t room = {8, 100};
    ti_table_t *table;

    pool_open();
    world_open();
    arm();
    server->outlives_requests = 1;
    shared.table = shared_open(SIZE);
    shared.flights = shared_open(ti_flights_size(&room));
    world.actives = ti_actives_open(shared_open(ti_actives_size()));
    ck_assert_int_eq(ti_table_create(&table, shared.table, SIZE, pool),
                     APR_SUCCESS);
    world.cache = ti_table_cache(table);
    ck_assert_int_eq(
        ti_flights_open(&world.flights, shared.flights, 1, &room, 0, pool),
        APR_SUCCESS);
    shared.metrics = shared_open(ti_metrics_size(METRICS));
    ck_assert_int_eq(
        ti_metrics_open(&world.metrics, shared.metrics, 1, METRICS, 1, pool),
        APR_SUCCESS);
    ck_assert_int_eq(
        ti_refresher_create(&world.refresher, ti_verify_refresh, pool),
        APR_SUCCESS);
    ck_assert_int_eq(verify("good"), TI_GRANTED);
    answers(200, "{\"active\":false}");
    ck_assert_int_eq(verify("bad"), TI_INACTIVE);
    ck_assert_int_eq(asks, 2);
}

static int is_hit(const char *token, ti_verdict_t verdict, apr_pool_t *p)
{
    ti_question_t question = {.server = server,
                              .policy = &policy,
                              .token = token,
                              .length = strlen(token),
                              .p = p};

    ti_verify(&result, &fingerprint, &world, &question);
    apr_pool_clear(p);
    return result.verdict == verdict && result.source == TI_SOURCE_REMEMBERED;
}

static void hit(apr_pool_t *p)
{
    int i;

    for (i = 0; i < ROUNDS; i++) {
        if (!is_hit("good", TI_GRANTED, p) || !is_hit("bad", TI_INACTIVE, p)) {
            syscall(SYS_exit, 4);
        }
    }
}

static void hit_good(apr_pool_t *p)
{
    int i;

    for (i = 0; i < ROUNDS; i++) {
        if (!is_hit("good", TI_GRANTED, p)) {
            syscall(SYS_exit, 4);
        }
    }
}

static void count(apr_pool_t *p)
{
    (void)p;
    ti_metric_add(world.metrics, server->row, 0, 1);
}

static void make_a_system_call(apr_pool_t *p)
{
    (void)p;
    (void)syscall(SYS_getppid);
}

/* Does a process that may do no more than exit come to its end? What is made
 * once per thread is made before. */
static int ends_well(void (*task)(apr_pool_t *))
{
    apr_pool_t *p;
    int status;
    pid_t child;

    apr_pool_create(&p, pool);
    child = fork();
    if (child == 0) {
        is_hit("good", TI_GRANTED, p);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) {
            syscall(SYS_exit, 3);
        }
        task(p);
        syscall(SYS_exit, 0);
    }
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

START_TEST(it_makes_no_system_call)
{
    ck_assert(ends_well(hit));
}
END_TEST

START_TEST(who_makes_one_here_is_ended)
{
    ck_assert(!ends_well(make_a_system_call));
}
END_TEST

START_TEST(it_does_not_wait_for_whoever_holds_a_lock)
{
    ck_assert_int_eq(ti_lock_take(table_lock()), APR_SUCCESS);
    ck_assert_int_eq(ti_lock_take(shared.flights), APR_SUCCESS);
    ck_assert(ends_well(hit));
}
END_TEST

/* A hit is counted by httpd's part, once, when the request is logged. */
START_TEST(it_looks_at_no_metric)
{
    apr_size_t size = ti_metrics_size(METRICS);

    ck_assert_int_eq(mprotect(shared.metrics, size, PROT_NONE), 0);
    ck_assert(ends_well(hit));
    ck_assert(!ends_well(count));
    ck_assert_int_eq(mprotect(shared.metrics, size, PROT_READ | PROT_WRITE), 0);
}
END_TEST

/* The server has no place left, not for renewals either. */
static void fill(void)
{
    ti_flight_t flight;
    ti_key_t key;
    ti_flight_plan_t plan = {.key = &key,
                             .server = server->number,
                             .was_active = 1,
                             .cap = 100,
                             .lease = SECONDS(600)};
    int i;

    for (i = 0; i < 100; i++) {
        ck_assert_int_eq(ti_key_digest(&key, &i, sizeof(i)), APR_SUCCESS);
        ck_assert_int_eq(ti_flight_join(&flight, world.flights, &plan),
                         TI_FLIGHT_LEAD);
    }
}

START_TEST(nor_where_a_renewal_is_due_and_there_is_no_room_for_it)
{
    server->calls_max = 80; /* and a fourth of it for renewals */
    fill();
    answers(200, "{\"active\":true}");
    now += SECONDS(48);
    ck_assert_int_eq(verify("good"), TI_GRANTED);
    ck_assert(ends_well(hit_good));
    ck_assert_int_eq(__atomic_load_n(&asks, __ATOMIC_RELAXED), 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("hit");
    TCase *one = tcase_create("hit");

    tcase_add_checked_fixture(one, all_open, pool_close);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, it_makes_no_system_call);
    tcase_add_test(one, who_makes_one_here_is_ended);
    tcase_add_test(one, it_does_not_wait_for_whoever_holds_a_lock);
    tcase_add_test(one, it_looks_at_no_metric);
    tcase_add_test(one, nor_where_a_renewal_is_due_and_there_is_no_room_for_it);
    suite_add_tcase(all, one);
    return all;
}
