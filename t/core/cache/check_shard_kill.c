/* SPDX-License-Identifier: Apache-2.0
 *
 * A writer is killed at one instruction of a store after another. The
 * processor's single-step trap counts them, in a child on shared memory.
 * With STRIDE=1 in the environment not one is left out, which takes minutes.
 *
 * Not under AddressSanitizer: its writers would hardly ever die inside the
 * lock.
 */
#include "entries.h"
#include "tap.h"

#include <signal.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/sanitizer.h"
#include "cache/shard.h"

#define SIZE 160
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 401 /* ten times as many instructions */
#else
#define STRIDE 41 /* instructions from one death to the next */
#endif
#define LOST 5 /* entries that one store and one death may cost at most */

static void *memory;
static ti_table_t *table;
static apr_uint64_t numbers; /* stored so far, from 0 */
static volatile sig_atomic_t steps_left;

#if defined(__x86_64__) && !TI_SANITIZER_THREAD

static void count_step(int number)
{
    (void)number;
    if (--steps_left == 0) {
        kill(getpid(), SIGKILL);
    }
}

/* From the return of this handler on, each instruction traps. */
static void begin_steps(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= 0x100;
}

static void trap_each_step(void)
{
    struct sigaction begin = {0};

    signal(SIGTRAP, count_step);
    begin.sa_sigaction = begin_steps;
    begin.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &begin, NULL);
    raise(SIGUSR1);
}

static void full_table_open(void)
{
    pool_open();
    memory = shared_memory(TI_TABLE_SIZE_MIN);
    ck_assert_ptr_nonnull(memory);
    ck_assert_int_eq(ti_table_create(&table, memory, TI_TABLE_SIZE_MIN, pool),
                     0);
    for (numbers = 0; numbers < 5000; numbers++) {
        ck_assert_int_eq(put(table, numbers, 0, SIZE, pool), APR_SUCCESS);
    }
}

static void table_close(void)
{
    munmap(memory, TI_TABLE_SIZE_MIN);
    pool_close();
}

/* Mark the cells at the tail as used and all others as not, so that each
 * store has something to carry. */
static void use_the_oldest(void)
{
    ti_shard_t *shard = (ti_shard_t *)((char *)memory + 64);
    apr_uint64_t *ring = (apr_uint64_t *)(shard + 1);
    const ti_ring_state_t *state = (const ti_ring_state_t *)(shard + 1);
    ti_shard_layout_t plan;
    unsigned char *map;
    apr_uint64_t place;
    int i;

    ti_shard_lay(&plan, TI_TABLE_SIZE_MIN - 64);
    map = (unsigned char *)(ring + plan.positive.map);
    memset(map, 0, (plan.positive.first - plan.positive.map) * 8);
    place = (plan.positive.first + state->tail % plan.positive.room) / 8;
    for (i = 0; i < 5; i++, place++) {
        map[place / 8] |= (unsigned char)(1 << (place % 8));
    }
}

/* How many are found; each must be right. */
static apr_uint64_t count_right(void)
{
    apr_uint64_t count = 0;
    ti_entry_t entry;
    apr_uint64_t n;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    for (n = numbers > 5000 ? numbers - 5000 : 0; n <= numbers; n++) {
        if (get(&entry, table, n, p) == APR_SUCCESS) {
            ck_assert(entry.kind == TI_KIND_INACTIVE ||
                      holds(&entry, SIZE, n, 0) || holds(&entry, SIZE, n, 1));
            count++;
        }
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    return count;
}

/* A child that does one store and dies at the given step of it, or ends.
 * Nonzero: it was killed. */
static int store_and_die(int step, apr_uint64_t n, int inactive)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        unsigned char *bytes = apr_palloc(pool, SIZE);
        ti_cache_t *cache = ti_table_cache(table);
        ti_key_t key = key_of(n);
        ti_entry_t entry = {TI_KIND_INACTIVE, NOW, LATER, NULL, 0};

        if (!inactive) {
            fill(bytes, SIZE, n, 1);
            entry.kind = TI_KIND_CLAIMS;
            entry.bytes = bytes;
            entry.size = SIZE;
        }
        steps_left = step;
        trap_each_step();
        cache->store(cache, &key, &entry, NOW, pool);
        _exit(steps_left == step ? 1 : 0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

/* One death, the look of others at what it left, and the next store. */
static int die_once(int step, apr_uint64_t n, int inactive)
{
    apr_uint64_t before = count_right();
    ti_table_stats_t stats;
    int killed;

    use_the_oldest();
    killed = store_and_die(step, n, inactive);
    ck_assert_uint_ge(count_right() + LOST, before);
    ck_assert_int_eq(put(table, numbers, 0, SIZE, pool), APR_SUCCESS);
    ck_assert_uint_ge(count_right() + 2 * LOST, before);
    ti_table_stats(table, &stats);
    ck_assert_uint_eq(stats.entries, count_right());
    numbers++;
    return killed;
}

static void die_at_each_step(int inactive, int back)
{
    const char *wish = getenv("STRIDE");
    int stride = wish != NULL && atoi(wish) > 0 ? atoi(wish) : STRIDE;
    ti_table_stats_t stats;
    int deaths = 0;

    while (
        die_once(1 + deaths * stride, numbers - (apr_uint64_t)back, inactive)) {
        deaths++;
    }
    ti_table_stats(table, &stats);
    ck_assert_int_gt(deaths, 600 / stride);
    ck_assert_uint_gt(stats.repairs, (apr_uint64_t)deaths / 8);
}

START_TEST(killed_at_any_step_of_a_new_entry_the_table_serves_on)
{
    die_at_each_step(0, 0);
}
END_TEST

START_TEST(killed_at_any_step_of_a_replacement_the_table_serves_on)
{
    die_at_each_step(0, 300);
}
END_TEST

START_TEST(killed_at_any_step_of_inactive_over_claims_the_table_serves_on)
{
    die_at_each_step(1, 300);
}
END_TEST

static void add_deaths(TCase *one)
{
    const char *preloaded = getenv("LD_PRELOAD");

    tcase_add_checked_fixture(one, full_table_open, table_close);
    if (preloaded != NULL && strstr(preloaded, "vgpreload") != NULL) {
        return; /* valgrind has no single steps */
    }
    tcase_add_test(one, killed_at_any_step_of_a_new_entry_the_table_serves_on);
    tcase_add_test(one,
                   killed_at_any_step_of_a_replacement_the_table_serves_on);
    tcase_add_test(
        one, killed_at_any_step_of_inactive_over_claims_the_table_serves_on);
}

#else

/* stress_table kills writers by chance instead. */
static void add_deaths(TCase *one)
{
    (void)one;
}

#endif

static Suite *suite(void)
{
    Suite *all = suite_create("kill");
    TCase *one = tcase_create("kill");

    tcase_set_timeout(one, 240);
    add_deaths(one);
    suite_add_tcase(all, one);
    return all;
}
