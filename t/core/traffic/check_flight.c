/* SPDX-License-Identifier: Apache-2.0
 *
 * One question at a time per token, and not more than the cap per server.
 *
 * Under ThreadSanitizer too.
 * Not under valgrind.
 */
#include "flights.h"

#include <stdio.h>
#include <sys/syscall.h>

#include "traffic/slot.h"

#define PROCESSES 4
#define THREADS 25
#define ROUNDS 8

/* What processes tell each other. */
static struct score_t {
    int arrived;
    pid_t threads[PROCESSES * THREADS];
    int leaders;
    int landed;
    ti_joined_t joined;
    ti_notice_t notice;
} * score;

/* The state of a process or thread, as /proc tells it. */
static char state_of(pid_t child)
{
    char path[40];
    char state = '\0';
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)child);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
    fclose(file);
    return state;
}

/* Whoever has arrived does nothing but join: asleep means waiting. */
static int all_others_wait(void)
{
    pid_t us = (pid_t)syscall(SYS_gettid);
    int i;

    for (i = 0; i < PROCESSES * THREADS; i++) {
        pid_t thread = __atomic_load_n(&score->threads[i], __ATOMIC_ACQUIRE);

        if (thread == 0 || (thread != us && state_of(thread) != 'S')) {
            return 0;
        }
    }
    return 1;
}

static void *arrive_and_board(void *number)
{
    int place = __atomic_fetch_add(&score->arrived, 1, __ATOMIC_RELAXED);
    ti_flight_t flight;
    ti_joined_t joined;

    __atomic_store_n(&score->threads[place], (pid_t)syscall(SYS_gettid),
                     __ATOMIC_RELEASE);
    joined = join(&flight, LONG);
    if (joined == TI_FLIGHT_LEAD) {
        __atomic_add_fetch(&score->leaders, 1, __ATOMIC_RELAXED);
        comes_true(all_others_wait);
        apr_sleep(apr_time_from_msec(500)); /* the server is slow */
        end_flight(&flight, TI_UNAVAILABLE);
    } else if (joined == TI_FLIGHT_ENDED &&
               flight.notice.verdict == TI_UNAVAILABLE &&
               flight.notice.message == 7 && flight.notice.retry_after == 9) {
        __atomic_add_fetch(&score->landed, 1, __ATOMIC_RELAXED);
    }
    return number;
}

static void be_a_quarter(void)
{
    crowd(THREADS, arrive_and_board);
    _exit(0);
}

static void wait_and_tell(void)
{
    ti_flight_t flight;

    __atomic_store_n(&score->arrived, 1, __ATOMIC_RELEASE);
    score->joined = join(&flight, LONG);
    score->notice = flight.notice;
    _exit(0);
}

static pid_t waiter;

static int the_waiter_sleeps(void)
{
    return __atomic_load_n(&score->arrived, __ATOMIC_ACQUIRE) == 1 &&
           state_of(waiter) == 'S';
}

static int the_waiter_is_stopped(void)
{
    return state_of(waiter) == 'T';
}

/* Between a slot and its server's count. */
static void die_with_a_wrong_count(void)
{
    ti_slots_t *slots = &flights->slots;

    if (ti_slots_take(slots)) {
        slots->admissions.servers[3].in_flight += 50;
        kill(getpid(), SIGKILL);
    }
}

static void score_open(void)
{
    score = shared_open(sizeof(*score));
}

START_TEST(the_first_leads_and_lands)
{
    ti_flight_t flight;

    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    ck_assert_uint_eq(in_the_air(3), 1);
    end_flight(&flight, TI_UNDECIDED);
    ck_assert_uint_eq(in_the_air(3), 0);
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
}
END_TEST

START_TEST(of_many_threads_one_leads_and_the_others_get_its_landing)
{
    crowd(PROCESSES * THREADS, arrive_and_board);
    ck_assert_int_eq(score->leaders, 1);
    ck_assert_int_eq(score->landed, PROCESSES * THREADS - 1);
    ck_assert_uint_eq(in_the_air(3), 0);
}
END_TEST

START_TEST(of_a_hundred_in_four_processes_one_asks)
{
    pid_t children[PROCESSES];
    int i;

    for (i = 0; i < PROCESSES; i++) {
        children[i] = process(be_a_quarter);
    }
    for (i = 0; i < PROCESSES; i++) {
        ck_assert_int_eq(waitpid(children[i], NULL, 0), children[i]);
    }
    ck_assert_int_eq(score->leaders, 1);
    ck_assert_int_eq(score->landed, PROCESSES * THREADS - 1);
    ck_assert_uint_eq(in_the_air(3), 0);
}
END_TEST

START_TEST(who_looks_too_late_gets_no_landing_of_the_next_flight)
{
    ti_flight_t flight;

    join(&flight, LONG);
    waiter = process(wait_and_tell);
    ck_assert(comes_true(the_waiter_sleeps));
    kill(waiter, SIGSTOP);
    ck_assert(comes_true(the_waiter_is_stopped));
    end_flight(&flight, TI_UNDECIDED);
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    end_flight(&flight, TI_UNAVAILABLE);
    kill(waiter, SIGCONT);
    ck_assert_int_eq(waitpid(waiter, NULL, 0), waiter);
    ck_assert_int_eq(score->joined, TI_FLIGHT_ENDED);
    ck_assert_int_eq(score->notice.verdict, TI_UNDECIDED);
    ck_assert_int_eq(score->notice.message, 0);
}
END_TEST

/* One that only looked would come after nearly a whole check each time. One
 * that is woken comes at once, but on a busy machine not each time. */
START_TEST(those_who_wait_are_woken_and_not_only_look_now_and_then)
{
    ti_flight_t flight;
    int at_once = 0;
    int i;

    for (i = 0; i < 4 * ROUNDS && at_once < ROUNDS; i++) {
        apr_time_t begin;

        join(&flight, LONG);
        score->arrived = 0;
        waiter = process(wait_and_tell);
        ck_assert(comes_true(the_waiter_sleeps));
        begin = ti_clock_steady();
        end_flight(&flight, TI_UNAVAILABLE);
        ck_assert_int_eq(waitpid(waiter, NULL, 0), waiter);
        ck_assert_int_eq(score->joined, TI_FLIGHT_ENDED);
        at_once += ti_clock_steady() - begin < TI_FLIGHT_CHECK / 2;
    }
    ck_assert_int_eq(at_once, ROUNDS);
}
END_TEST

START_TEST(who_does_not_wait_leads_when_a_lease_is_over)
{
    ti_flight_t flight;
    ti_flight_plan_t brief = plan_of(0, LONG);

    ck_assert_int_eq(ti_flight_join(&flight, flights, &brief), TI_FLIGHT_LEAD);
    ck_assert_int_eq(join(&flight, 0), TI_FLIGHT_LEAD);
}
END_TEST

START_TEST(after_a_death_inside_the_lock_flights_are_counted_anew)
{
    ti_flight_t flight;
    ti_flight_t other;
    pid_t child;

    join(&flight, LONG);
    child = process(die_with_a_wrong_count);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_uint_eq(in_the_air(3), 51);
    key = key_of("other");
    ck_assert_int_eq(join(&other, LONG), TI_FLIGHT_LEAD);
    ck_assert_uint_eq(in_the_air(3), 2);
}
END_TEST

START_TEST(a_full_server_is_swept_now_and_then_not_each_time)
{
    ti_flight_t flight;
    ti_flight_plan_t brief = plan_of(0, LONG);
    apr_time_t begin = ti_clock_steady();
    int refused = 0;

    cap = 1;
    brief.cap = 1;
    ti_flight_join(&flight, flights, &brief);
    key = key_of("other");
    ck_assert_int_eq(ti_flight_join(&flight, flights, &brief), TI_FLIGHT_LEAD);
    key = key_of("a third");
    while (join(&flight, LONG) == TI_FLIGHT_FULL) {
        refused++;
        ck_assert_int_lt(ti_clock_steady() - begin, PATIENCE);
    }
    ck_assert(refused > 0 || ti_clock_steady() - begin >= TI_FLIGHT_CHECK);
    ck_assert_uint_eq(in_the_air(3), 1);
}
END_TEST

START_TEST(who_does_not_wait_is_late_at_once)
{
    ti_flight_t flight;
    ti_flight_t other;
    apr_time_t before = ti_clock_steady();

    join(&flight, LONG);
    ck_assert_int_eq(join(&other, 0), TI_FLIGHT_LATE);
    ck_assert_int_lt(ti_clock_steady() - before, TI_FLIGHT_CHECK);
}
END_TEST

START_TEST(who_waits_is_late_when_its_time_is_up)
{
    ti_flight_t flight;
    ti_flight_t other;
    apr_interval_time_t wait = apr_time_from_msec(50);
    apr_time_t before = ti_clock_steady();

    join(&flight, LONG);
    ck_assert_int_eq(join(&other, wait), TI_FLIGHT_LATE);
    ck_assert_int_ge(ti_clock_steady() - before, wait);
    ck_assert_int_lt(ti_clock_steady() - before, PATIENCE);
}
END_TEST

START_TEST(other_tokens_fly_for_themselves)
{
    ti_flight_t flight;

    join(&flight, LONG);
    key = key_of("other");
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
    ck_assert_uint_eq(in_the_air(3), 2);
}
END_TEST

START_TEST(above_the_cap_of_a_server_nobody_asks)
{
    ti_flight_t first;
    ti_flight_t second;
    ti_flight_plan_t elsewhere;

    cap = 1;
    join(&first, LONG);
    key = key_of("other");
    ck_assert_int_eq(join(&second, LONG), TI_FLIGHT_FULL);
    key = key_of("a third");
    elsewhere = plan_of(LONG, LONG);
    elsewhere.server = 4;
    ck_assert_int_eq(ti_flight_join(&second, flights, &elsewhere),
                     TI_FLIGHT_LEAD);
    end_flight(&first, TI_UNDECIDED);
    key = key_of("other");
    ck_assert_int_eq(join(&second, LONG), TI_FLIGHT_LEAD);
}
END_TEST

START_TEST(a_cap_of_zero_lets_nobody_ask)
{
    ti_flight_t flight;

    cap = 0;
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_FULL);
}
END_TEST

START_TEST(who_flies_alone_joins_nobody_and_nobody_joins)
{
    ti_flight_t flight;
    ti_flight_plan_t alone = plan_of(LONG, LONG);

    alone.unshared = 1;
    join(&flight, LONG);
    ck_assert_int_eq(ti_flight_join(&flight, flights, &alone), TI_FLIGHT_LEAD);
    ck_assert_int_eq(ti_flight_join(&flight, flights, &alone), TI_FLIGHT_LEAD);
    end_flight(&flight, TI_UNDECIDED);
    ck_assert_uint_eq(in_the_air(3), 2);
    ck_assert_int_eq(join(&flight, 0), TI_FLIGHT_LATE);
}
END_TEST

START_TEST(a_failure_is_shared_with_nobody_who_comes_later)
{
    ti_flight_t flight;

    join(&flight, LONG);
    end_flight(&flight, TI_UNAVAILABLE);
    ck_assert_int_eq(join(&flight, LONG), TI_FLIGHT_LEAD);
}
END_TEST

START_TEST(it_can_be_seen_that_somebody_asks_or_asked_in_vain)
{
    ti_flight_t flight;
    apr_time_t now = ti_clock_steady();

    ck_assert(!ti_flight_busy(flights, &key, now, LONG));
    join(&flight, LONG);
    ck_assert(ti_flight_busy(flights, &key, now, 0));
    end_flight(&flight, TI_UNAVAILABLE);
    ck_assert(ti_flight_busy(flights, &key, now, LONG));
    ck_assert(!ti_flight_busy(flights, &key, now + 3 * LONG, LONG));
    key = key_of("other");
    join(&flight, LONG);
    end_flight(&flight, TI_UNDECIDED);
    ck_assert(!ti_flight_busy(flights, &key, now, LONG));
    ck_assert(!ti_flight_busy(NULL, &key, now, LONG));
}
END_TEST

START_TEST(a_later_generation_sees_flights_in_the_air)
{
    ti_flight_t flight;
    ti_flights_t *old = flights;

    join(&flight, LONG);
    ck_assert_int_eq(ti_flights_open(&flights, memory, 0, &room, 0, pool),
                     APR_SUCCESS);
    ck_assert_ptr_ne(flights, old);
    ck_assert_uint_eq(in_the_air(3), 1);
    ck_assert_int_eq(join(&flight, 0), TI_FLIGHT_LATE);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("flight");
    TCase *one = tcase_create("flight");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, flights_open, NULL);
    tcase_add_checked_fixture(one, score_open, NULL);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, the_first_leads_and_lands);
    tcase_add_test(one,
                   of_many_threads_one_leads_and_the_others_get_its_landing);
    tcase_add_test(one, of_a_hundred_in_four_processes_one_asks);
    tcase_add_test(one, who_looks_too_late_gets_no_landing_of_the_next_flight);
    tcase_add_test(one,
                   those_who_wait_are_woken_and_not_only_look_now_and_then);
    tcase_add_test(one, who_does_not_wait_leads_when_a_lease_is_over);
    tcase_add_test(one, after_a_death_inside_the_lock_flights_are_counted_anew);
    tcase_add_test(one, a_full_server_is_swept_now_and_then_not_each_time);
    tcase_add_test(one, who_does_not_wait_is_late_at_once);
    tcase_add_test(one, who_waits_is_late_when_its_time_is_up);
    tcase_add_test(one, other_tokens_fly_for_themselves);
    tcase_add_test(one, above_the_cap_of_a_server_nobody_asks);
    tcase_add_test(one, a_cap_of_zero_lets_nobody_ask);
    tcase_add_test(one, who_flies_alone_joins_nobody_and_nobody_joins);
    tcase_add_test(one, a_failure_is_shared_with_nobody_who_comes_later);
    tcase_add_test(one, it_can_be_seen_that_somebody_asks_or_asked_in_vain);
    tcase_add_test(one, a_later_generation_sees_flights_in_the_air);
    suite_add_tcase(all, one);
    return all;
}
