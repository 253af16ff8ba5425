/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes that fly with random keys while they are killed all the time:
 * stress_flight [SECONDS]. Prints what happened, then TAP.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_general.h>

#include "base/clock.h"
#include "base/process.h"
#include "traffic/flight.h"
#include "traffic/flights.h"

#define PROCESSES 4
#define THREADS 3
#define KEYS 32
#define SERVERS 2
#define CAP 4
#define SECONDS 20
#define LIFE_MAX 5000  /* microseconds until the next process is killed */
#define ANSWER_MAX 500 /* microseconds that a question takes */
#define LOOKS 10
#define LEASE apr_time_from_sec(60)
#define PATIENCE apr_time_from_sec(10)
#define LINE apr_time_from_msec(50) /* for a place */

/* What all processes share beside the flights. */
typedef struct score_t {
    ti_process_t leader[KEYS]; /* who asks about this key, or 0 */
    apr_uint64_t stood;        /* how often a line was seen */
    apr_uint64_t boardings[TI_FLIGHT_LATE + 1];
    apr_uint64_t taken; /* flights led in place of a killed leader */
    apr_uint64_t twice; /* two living leaders of one key */
    apr_uint64_t over;  /* more in the air than the cap */
} score_t;

static score_t *score;
static ti_flights_t *flights;
static const ti_capacity_t room = {SERVERS, PROCESSES *THREADS};
static apr_uint64_t kills;
static apr_uint64_t crashes; /* ends of children that nobody killed */

static int open_all(apr_pool_t *p);
static pid_t start(void);
static void *fly_for_ever(void *number);
static ti_joined_t fly(unsigned int random);
static void lead(unsigned int key);
static int is_gone(ti_process_t pid);
static void kill_at_random(int seconds);
static void reap(pid_t child);
static int all_clear(void);
static ti_key_t key_of(unsigned int number);
static ti_flight_plan_t plan_of(const ti_key_t *key, unsigned int number);
static int report(int seconds);

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? atoi(argv[1]) : SECONDS;
    apr_pool_t *p;

    setvbuf(stdout, NULL, _IOLBF, 0);
    apr_initialize();
    apr_pool_create(&p, NULL);
    if (seconds < 1 || !open_all(p)) {
        printf("Bail out! no seconds, or no flights\n");
        return EXIT_FAILURE;
    }
    kill_at_random(seconds);
    return report(seconds) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int open_all(apr_pool_t *p)
{
    apr_size_t size = APR_ALIGN(ti_flights_size(&room), 64);
    char *memory = mmap(NULL, size + sizeof(*score), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        return 0;
    }
    score = (score_t *)(void *)(memory + size);
    return ti_flights_open(&flights, memory, 1, &room, 0, p) == APR_SUCCESS;
}

/* Kill one after another, and start it again; at the end all. */
static void kill_at_random(int seconds)
{
    apr_time_t end = ti_clock_steady() + apr_time_from_sec(seconds);
    unsigned int seed = (unsigned int)getpid();
    pid_t children[PROCESSES];
    int i;

    for (i = 0; i < PROCESSES; i++) {
        children[i] = start();
    }
    while (ti_clock_steady() < end) {
        apr_sleep(rand_r(&seed) % LIFE_MAX);
        i = rand_r(&seed) % PROCESSES;
        reap(children[i]);
        children[i] = start();
        for (i = 0; i < SERVERS; i++) {
            ti_flights_state_t state;

            ti_flights_state(flights, (apr_uint32_t)i, &state);
            score->over += state.in_flight > CAP;
            score->stood += state.waiting > 0;
        }
    }
    for (i = 0; i < PROCESSES; i++) {
        reap(children[i]);
    }
}

static void reap(pid_t child)
{
    int status = 0;

    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    kills++;
    crashes += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
}

static pid_t start(void)
{
    pid_t child = fork();
    pthread_t thread;
    int i;

    if (child < 0) {
        printf("Bail out! no process\n");
        exit(EXIT_FAILURE);
    }
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (i = 0; i < THREADS; i++) {
            pthread_create(&thread, NULL, fly_for_ever, NULL);
        }
        for (;;) {
            pause();
        }
    }
    return child;
}

static void *fly_for_ever(void *number)
{
    unsigned int seed =
        (unsigned int)(getpid() ^ (pid_t)(apr_uintptr_t)&number ^
                       (pid_t)ti_clock_steady());

    for (;;) {
        ti_joined_t joined = fly((unsigned int)rand_r(&seed));

        __atomic_add_fetch(&score->boardings[joined], 1, __ATOMIC_RELAXED);
    }
    return number;
}

static ti_joined_t fly(unsigned int random)
{
    ti_key_t key = key_of(random % KEYS);
    ti_flight_plan_t plan = plan_of(&key, random % KEYS);
    ti_notice_t notice = {TI_UNDECIDED, 0, 0, 0, 0};
    ti_flight_t flight;
    ti_joined_t joined = ti_flight_join(&flight, flights, &plan);

    if (joined == TI_FLIGHT_LEAD) {
        lead(random % KEYS);
        if ((random >> 8) % 2 != 0) {
            notice.verdict = TI_UNAVAILABLE;
        }
        ti_flight_end(flights, &flight, &notice, TI_FEEDBACK_NONE, 0);
    }
    return joined;
}

/* Ask, with our name at the key; no other living process may stand there. */
static void lead(unsigned int key)
{
    ti_process_t us = ti_process_self();
    ti_process_t before =
        __atomic_exchange_n(&score->leader[key], us, __ATOMIC_ACQ_REL);

    if (before != 0) {
        apr_uint64_t *count =
            before != us && is_gone(before) ? &score->taken : &score->twice;

        __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    }
    apr_sleep(ti_clock_steady() % ANSWER_MAX);
    __atomic_store_n(&score->leader[key], 0, __ATOMIC_RELEASE);
}

/* While it is buried, a process is no zombie any more and can still be sent a
 * signal: it seems to live for some microseconds. */
static int is_gone(ti_process_t pid)
{
    int i;

    for (i = 0; i < LOOKS; i++) {
        if (ti_process_gone(pid)) {
            return 1;
        }
        apr_sleep(100);
    }
    return 0;
}

static ti_key_t key_of(unsigned int number)
{
    ti_key_t key;

    memset(&key, (int)number + 1, sizeof(key));
    return key;
}

/* Nobody lives to hang: what is stuck stays so for longer than we look. */
static ti_flight_plan_t plan_of(const ti_key_t *key, unsigned int number)
{
    ti_flight_plan_t plan = {0};

    plan.key = key;
    plan.server = number % SERVERS;
    plan.cap = CAP;
    plan.lease = LEASE;
    plan.wait = PATIENCE;
    plan.patience = LINE;
    return plan;
}

/* Everybody is dead: whoever comes may lead each key, and leaves nothing. */
static int all_clear(void)
{
    apr_time_t end = ti_clock_steady() + PATIENCE;
    unsigned int i;

    for (i = 0; i < KEYS; i++) {
        ti_key_t key = key_of(i);
        ti_flight_plan_t plan = plan_of(&key, i);
        ti_notice_t notice = {TI_UNDECIDED, 0, 0, 0, 0};
        ti_flight_t flight;
        ti_joined_t joined;

        plan.cap = 1; /* a sweep, unless nothing is in the air */
        do {
            joined = ti_flight_join(&flight, flights, &plan);
        } while (joined == TI_FLIGHT_FULL && ti_clock_steady() < end);
        if (joined != TI_FLIGHT_LEAD) {
            return 0;
        }
        ti_flight_end(flights, &flight, &notice, TI_FEEDBACK_NONE, 0);
        if (ti_flight_busy(flights, &key, ti_clock_steady(), 0)) {
            return 0;
        }
    }
    return 1;
}

static int nobody_is_left(apr_uint32_t server)
{
    ti_flights_state_t state;

    ti_flights_state(flights, server, &state);
    return state.in_flight == 0 && state.waiting == 0;
}

static int check(int number, int good, const char *what)
{
    printf("%s %d - %s\n", good ? "ok" : "not ok", number, what);
    return good;
}

static int report(int seconds)
{
    const apr_uint64_t *boardings = score->boardings;
    int clear = all_clear();
    int good = 1;

    printf("# %d s, %" APR_UINT64_T_FMT " killed; led %" APR_UINT64_T_FMT
           " (%" APR_UINT64_T_FMT
           " after a killed leader), landed %" APR_UINT64_T_FMT
           ", full %" APR_UINT64_T_FMT ", late %" APR_UINT64_T_FMT "\n",
           seconds, kills, boardings[TI_FLIGHT_LEAD], score->taken,
           boardings[TI_FLIGHT_ENDED], boardings[TI_FLIGHT_FULL],
           boardings[TI_FLIGHT_LATE]);
    printf("1..6\n");
    good &= check(1,
                  boardings[TI_FLIGHT_LEAD] > kills &&
                      boardings[TI_FLIGHT_ENDED] > 0 && score->taken > 0 &&
                      score->stood > 0,
                  "many flew, some in place of a killed leader, some waited");
    good &= check(2, score->twice == 0, "no key had two leaders at once");
    good &= check(3, score->over == 0, "no server had more than its cap");
    good &= check(4, boardings[TI_FLIGHT_LATE] == 0, "nobody waited in vain");
    good &= check(5, crashes == 0, "nobody died of anything but a kill");
    good &= check(6, clear && nobody_is_left(0) && nobody_is_left(1),
                  "nothing is stuck when everybody is dead");
    return good;
}
