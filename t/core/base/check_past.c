/* SPDX-License-Identifier: Apache-2.0
 *
 * What is shown of the past: the last refusals, and counts of the last hour.
 *
 * Under ThreadSanitizer too.
 */
#include "base/block.h"
#include "base/history.h"
#include "base/journal.h"

#include <apr_strings.h>

#include "shared.h"

#define ROWS 64
#define NOW apr_time_from_sec(100000)
#define MINUTE TI_HISTORY_INTERVAL
#define WRITERS 4
#define ROUNDS 2000

static ti_journal_t *journal;
static ti_history_t *history;
static ti_metrics_t *metrics;
static apr_uint32_t row;

static void past_open(void)
{
    void *memory = shared_open(ti_metrics_size(ROWS));

    journal = ti_journal_open(shared_open(ti_journal_size()));
    history = ti_history_open(shared_open(ti_history_size()));
    ck_assert_int_eq(ti_metrics_open(&metrics, memory, 1, ROWS, NOW, pool),
                     APR_SUCCESS);
    row = ti_metrics_find(metrics, TI_METRIC_SERVER, "one", "", NOW);
}

static ti_refusal_t refusal_of(apr_uint32_t fingerprint, const char *place)
{
    ti_refusal_t refusal;

    memset(&refusal, 0, sizeof(refusal));
    refusal.fingerprint = fingerprint;
    refusal.at = NOW;
    ti_journal_name(&refusal, place);
    return refusal;
}

START_TEST(the_last_twenty_refusals_are_shown_newest_first)
{
    ti_refusal_t shown[TI_JOURNAL_SHOWN];
    apr_uint32_t i;

    past_open();
    ck_assert_int_eq(ti_journal_read(shown, journal), 0);
    for (i = 1; i <= 50; i++) {
        ti_refusal_t refusal = refusal_of(i, "httpd.conf:12");

        ti_journal_add(journal, &refusal);
    }
    ck_assert_int_eq(ti_journal_read(shown, journal), TI_JOURNAL_SHOWN);
    for (i = 0; i < TI_JOURNAL_SHOWN; i++) {
        ck_assert_uint_eq(shown[i].fingerprint, 50 - i);
        ck_assert_str_eq(shown[i].place, "httpd.conf:12");
    }
    ti_journal_add(NULL, shown);
}
END_TEST

START_TEST(of_a_long_name_the_end_is_kept)
{
    char *name = apr_palloc(pool, 1000);
    ti_refusal_t refusal;

    memset(name, 'x', 999);
    apr_cpystrn(name + 990, ".conf:345", 10);
    refusal = refusal_of(1, name);
    ck_assert_uint_eq(strlen(refusal.place), TI_JOURNAL_PLACE - 1);
    ck_assert_ptr_nonnull(strstr(refusal.place, "x.conf:345"));
}
END_TEST

START_TEST(a_block_that_is_not_whole_is_none)
{
    apr_uint64_t words[3] = {1, 2, 3};
    apr_uint64_t read[3];
    apr_uint64_t block[4] = {0, 0, 0, 0};

    ck_assert(!ti_block_read(read, block, 3));
    ti_block_write(block, words, 3);
    ck_assert(ti_block_read(read, block, 3));
    ck_assert_uint_eq(read[1], 2);
    block[1] = 4;
    ck_assert(!ti_block_read(read, block, 3));
}
END_TEST

static void *write_refusals(void *letter)
{
    char place[100];
    int i;

    memset(place, *(const char *)letter, sizeof(place));
    place[sizeof(place) - 1] = '\0';
    for (i = 0; i < ROUNDS; i++) {
        ti_refusal_t refusal = refusal_of((apr_uint32_t)place[0], place);

        ti_journal_add(journal, &refusal);
    }
    return NULL;
}

START_TEST(no_refusal_is_half_of_one_and_half_of_another)
{
    static const char letters[WRITERS] = {'a', 'b', 'c', 'd'};
    pthread_t threads[WRITERS];
    ti_refusal_t shown[TI_JOURNAL_SHOWN];
    int i;
    int j;
    int count;

    past_open();
    for (i = 0; i < WRITERS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_refusals,
                                        (void *)(apr_uintptr_t)&letters[i]),
                         0);
    }
    for (i = 0; i < ROUNDS; i++) {
        count = ti_journal_read(shown, journal);
        for (j = 0; j < count; j++) {
            ck_assert_uint_eq(strlen(shown[j].place), 99);
            ck_assert_uint_eq(
                strspn(shown[j].place,
                       (char[2]){(char)shown[j].fingerprint, '\0'}),
                99);
        }
    }
    for (i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_gt(ti_journal_read(shown, journal), 0);
}
END_TEST

static void count(int word, apr_uint64_t number)
{
    ti_metric_add(metrics, row, word, number);
}

START_TEST(an_hour_is_what_was_counted_since_its_oldest_sample)
{
    ti_counted_t counted;
    int i;

    past_open();
    count(TI_WORD_LOOKUP + TI_LOOKUP_MISS, 100);
    ck_assert_int_eq(ti_history_read(&counted, history, metrics, NOW), 0);
    ck_assert_uint_eq(counted.lookups[TI_LOOKUP_MISS], 0);
    ti_history_note(history, metrics, NOW);
    count(TI_WORD_LOOKUP + TI_LOOKUP_MISS, 1);
    count(TI_WORD_HIT_GRANTED, 2);
    count(TI_WORD_NEGATIVE_INACTIVE, 3);
    ti_history_note(history, metrics, NOW + MINUTE - 1); /* too early */
    ck_assert_int_eq(
        ti_history_read(&counted, history, metrics, NOW + MINUTE - 1),
        MINUTE - 1);
    ck_assert_uint_eq(counted.lookups[TI_LOOKUP_MISS], 1);
    ck_assert_uint_eq(counted.lookups[TI_LOOKUP_HIT], 2);
    ck_assert_uint_eq(counted.lookups[TI_LOOKUP_NEGATIVE], 3);
    for (i = 1; i <= 90; i++) {
        count(TI_WORD_LOOKUP + TI_LOOKUP_MISS, 1);
        ti_history_note(history, metrics, NOW + i * MINUTE);
    }
    ck_assert_int_eq(
        ti_history_read(&counted, history, metrics, NOW + 90 * MINUTE),
        60 * MINUTE);
    ck_assert_uint_eq(counted.lookups[TI_LOOKUP_MISS], 60);
    ck_assert_uint_eq(counted.lookups[TI_LOOKUP_HIT], 0);
}
END_TEST

START_TEST(counts_that_began_anew_are_taken_from_there)
{
    ti_counted_t counted;

    past_open();
    count(TI_WORD_LOOKUP + TI_LOOKUP_MISS, 100);
    ti_history_note(history, metrics, NOW);
    ck_assert_int_eq(ti_metrics_open(&metrics,
                                     shared_open(ti_metrics_size(ROWS)), 1,
                                     ROWS, NOW, pool),
                     APR_SUCCESS);
    row = ti_metrics_find(metrics, TI_METRIC_SERVER, "one", "", NOW);
    count(TI_WORD_LOOKUP + TI_LOOKUP_MISS, 7);
    ti_history_read(&counted, history, metrics, NOW + 1);
    ck_assert_uint_eq(counted.lookups[TI_LOOKUP_MISS], 7);
}
END_TEST

Suite *suite(void)
{
    Suite *all = suite_create("past");
    TCase *one = tcase_create("past");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_test(one, the_last_twenty_refusals_are_shown_newest_first);
    tcase_add_test(one, of_a_long_name_the_end_is_kept);
    tcase_add_test(one, a_block_that_is_not_whole_is_none);
    tcase_add_test(one, no_refusal_is_half_of_one_and_half_of_another);
    tcase_add_test(one, an_hour_is_what_was_counted_since_its_oldest_sample);
    tcase_add_test(one, counts_that_began_anew_are_taken_from_there);
    suite_add_tcase(all, one);
    return all;
}
