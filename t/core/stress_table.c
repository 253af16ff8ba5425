/* SPDX-License-Identifier: Apache-2.0
 *
 * Many processes at one table while writers are killed all the time:
 * stress_table [SECONDS]. Prints what happened, then TAP.
 */
#include "rig.h"

#include <apr_general.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 3
#define READERS 2
#define KEYS 400 /* more than fit at once: the ring always goes round */
#define TABLE_SIZE TI_TABLE_SIZE_MIN
#define SECONDS 30
#define CHILD_LIFE 10 /* seconds without a parent, at most */

/* What all processes share beside the table. */
typedef struct score_t {
    apr_uint64_t started[KEYS]; /* versions: each is given out once */
    apr_uint64_t stored[KEYS];  /* the newest whose store has returned */
    apr_uint64_t stores;
    apr_uint64_t failures;
    apr_uint64_t hits;
    apr_uint64_t misses;
    apr_uint64_t wrong; /* not what the version says */
    apr_uint64_t old;   /* older than a store that had returned */
    apr_uint64_t kills;
    int stop;
} score_t;

typedef void role_t(unsigned int seed);

static score_t *score;
static void *memory;
static ti_table_t *table;
static apr_pool_t *pool;

static void write_for_ever(unsigned int seed);
static void read_for_ever(unsigned int seed);
static pid_t start(role_t *role, unsigned int seed);
static void kill_writers(int seconds);
static void report(void);

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? atoi(argv[1]) : SECONDS;
    pid_t readers[READERS];
    unsigned int i;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    memory = shared_memory(TABLE_SIZE);
    score = shared_memory(sizeof(*score));
    if (memory == NULL || score == NULL || seconds < 1 ||
        ti_table_create(&table, memory, TABLE_SIZE, pool) != APR_SUCCESS) {
        printf("Bail out! no table\n");
        return EXIT_FAILURE;
    }

    for (i = 0; i < READERS; i++) {
        readers[i] = start(read_for_ever, i);
    }
    kill_writers(seconds);
    __atomic_store_n(&score->stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < READERS; i++) {
        waitpid(readers[i], NULL, 0);
    }
    report();
    return EXIT_SUCCESS;
}
