/* SPDX-License-Identifier: Apache-2.0
 *
 * Many processes at one table while its writers are killed all the time:
 * stress_table [SECONDS]. Prints what happened, then TAP.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_general.h>

#include "cache/cell.h"
#include "entries.h"

#define WRITERS 3
#define READERS 2
#define KEYS 2000 /* more than fit at once: the ring always goes round */
#define TABLE_SIZE TI_TABLE_SIZE_MIN
#define SECONDS 30
#define LIFE_MAX 2000 /* microseconds until the next writer is killed */

/* What all processes share beside the table. */
typedef struct score_t {
    apr_uint64_t begun[KEYS];  /* versions: each is given out once */
    apr_uint64_t stored[KEYS]; /* the newest whose store has returned */
    apr_uint64_t stores;
    apr_uint64_t failures;
    apr_uint64_t hits;
    apr_uint64_t misses;
    apr_uint64_t wrong; /* not what the version says */
    apr_uint64_t old;   /* older than a store that had returned */
    int stop;
} score_t;

typedef void role_t(unsigned int number);

static score_t *score;
static ti_table_t *table;
static apr_pool_t *pool; /* cleared after each store or fetch */
static apr_uint64_t kills;
static apr_uint64_t crashes; /* ends of children that nobody killed */

static int open_all(void);
static pid_t start(role_t *role, unsigned int number);
static void write_for_ever(unsigned int number);
static void read_until_stopped(unsigned int number);
static void kill_writers(int seconds);
static void kill_one(pid_t writer);
static apr_uint64_t count_usable(void);
static int report(int seconds);

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? atoi(argv[1]) : SECONDS;
    pid_t readers[READERS];
    unsigned int i;
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (seconds < 1 || !open_all()) {
        printf("Bail out! no seconds, or no table\n");
        return EXIT_FAILURE;
    }

    for (i = 0; i < READERS; i++) {
        readers[i] = start(read_until_stopped, i);
    }
    kill_writers(seconds);
    TI_STORE(score->stop, 1);
    for (i = 0; i < READERS; i++) {
        waitpid(readers[i], &status, 0);
        crashes += status != 0;
    }
    return report(seconds) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int open_all(void)
{
    void *memory = shared_memory(TABLE_SIZE);
    apr_pool_t *lasting;

    apr_initialize();
    apr_pool_create(&lasting, NULL);
    apr_pool_create(&pool, NULL);
    score = shared_memory(sizeof(*score));
    return memory != NULL && score != NULL &&
           ti_table_create(&table, memory, TABLE_SIZE, lasting) == APR_SUCCESS;
}

static pid_t start(role_t *role, unsigned int number)
{
    pid_t child = fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        role(number);
        _exit(0);
    }
    if (child < 0) {
        printf("Bail out! no process\n");
        exit(EXIT_FAILURE);
    }
    return child;
}

static void add(apr_uint64_t *counter, apr_uint64_t amount)
{
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

/* Each writer has keys of its own, so that their versions have an order. */
static void write_for_ever(unsigned int number)
{
    unsigned int seed = (unsigned int)getpid();
    apr_uint64_t version;
    apr_uint64_t n;

    for (;;) {
        n = (apr_uint64_t)rand_r(&seed) % (KEYS / WRITERS) * WRITERS + number;
        version = TI_LOAD(score->begun[n]) + 1;
        TI_STORE(score->begun[n], version);
        if (put_in_sequence(table, n, version, pool) == APR_SUCCESS) {
            TI_STORE(score->stored[n], version);
            add(&score->stores, 1);
        } else {
            add(&score->failures, 1);
        }
        apr_pool_clear(pool);
    }
}

static void read_until_stopped(unsigned int number)
{
    unsigned int seed = number;
    apr_uint64_t newest;
    apr_uint64_t n;
    ti_entry_t entry;

    if (nice(19) == -1) { /* the writers shall live to be killed inside */
        add(&score->failures, 1);
    }
    while (!TI_LOAD(score->stop)) {
        n = (apr_uint64_t)rand_r(&seed) % KEYS;
        newest = TI_LOAD(score->stored[n]);
        if (get(&entry, table, n, pool) == APR_SUCCESS) {
            add(&score->hits, 1);
            add(&score->wrong, !right_in_sequence(&entry, n));
            add(&score->old, entry.answered < NOW + (apr_time_t)newest);
        } else {
            add(&score->misses, 1);
        }
        apr_pool_clear(pool);
    }
}

static void kill_writers(int seconds)
{
    apr_time_t end = apr_time_now() + apr_time_from_sec(seconds);
    pid_t writers[WRITERS];
    unsigned int seed = 1;
    unsigned int i;

    for (i = 0; i < WRITERS; i++) {
        writers[i] = start(write_for_ever, i);
    }
    while (apr_time_now() < end) {
        apr_sleep(rand_r(&seed) % LIFE_MAX); /* the chance is the test */
        i = (unsigned int)rand_r(&seed) % WRITERS;
        kill_one(writers[i]);
        writers[i] = start(write_for_ever, i);
    }
    for (i = 0; i < WRITERS; i++) {
        kill_one(writers[i]);
    }
}

static void kill_one(pid_t writer)
{
    int status = 0;

    kill(writer, SIGKILL);
    waitpid(writer, &status, 0);
    kills++;
    crashes += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
}

/* How many keys can be stored and found now that all is over. */
static apr_uint64_t count_usable(void)
{
    apr_uint64_t count = 0;
    ti_entry_t entry;
    apr_uint64_t n;

    for (n = 0; n < KEYS; n++) {
        apr_uint64_t version = TI_LOAD(score->begun[n]) + 1;

        if (put(table, n, version, 1000, pool) == APR_SUCCESS &&
            get(&entry, table, n, pool) == APR_SUCCESS &&
            holds(&entry, 1000, n, version)) {
            count++;
        }
    }
    return count;
}

static int test(int *number, int passed, const char *name)
{
    printf("%s %d - %s\n", passed ? "ok" : "not ok", ++*number, name);
    return passed;
}

static int report(int seconds)
{
    ti_table_stats_t stats;
    int number = 0;
    int ok = 1;

    ti_table_stats(table, &stats);
    printf("# %d s: %" APR_UINT64_T_FMT " writers killed, %" APR_UINT64_T_FMT
           " of them inside a store\n",
           seconds, kills, stats.repairs);
    printf("# stores %" APR_UINT64_T_FMT ", evictions %" APR_UINT64_T_FMT
           ", hits %" APR_UINT64_T_FMT ", misses %" APR_UINT64_T_FMT "\n",
           score->stores, stats.evictions, score->hits, score->misses);

    ok &= test(&number, score->hits > 1000, "readers find entries");
    ok &= test(&number, score->wrong == 0, "each entry found is whole");
    ok &= test(&number, score->old == 0,
               "no reader gets what was before a store that has returned");
    ok &= test(&number, score->failures == 0, "each store succeeds");
    ok &= test(&number, crashes == 0, "nobody dies but by us");
    ok &= test(&number, stats.evictions > 0, "the table is full");
    ok &= test(&number, stats.repairs > 0, "writers died inside a store");
    ok &= test(&number, count_usable() == KEYS,
               "afterwards every key can be stored and found");
    printf("1..%d\n", number);
    return ok;
}
