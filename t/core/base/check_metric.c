/* SPDX-License-Identifier: Apache-2.0
 *
 * Metrics that all processes and threads share.
 *
 * Under ThreadSanitizer too.
 */
#include "base/metric.h"

#include <apr_strings.h>

#include "shared.h"

#define ROUNDS 1000
#define ROWS 64
#define NOW apr_time_from_sec(1000)

static ti_metrics_t *metrics;
static ti_metric_row_t row;
static void *memory;
static apr_uint32_t number;

static ti_metrics_t *attach(int fresh)
{
    ti_metrics_t *made;

    ck_assert_int_eq(ti_metrics_open(&made, memory, fresh, ROWS, NOW, pool),
                     APR_SUCCESS);
    return made;
}

static apr_uint32_t find(const char *name)
{
    return ti_metrics_find(metrics, TI_METRIC_SERVER, name, "", NOW);
}

static void metrics_open(void)
{
    memory = shared_open(ti_metrics_size(ROWS));
    metrics = attach(1);
    number = find("one");
}

static apr_uint64_t word(apr_uint32_t of, int at)
{
    ck_assert(ti_metric_read(&row, metrics, of));
    return row.words[at];
}

static void count_rounds(void)
{
    int i;

    for (i = 0; i < ROUNDS; i++) {
        ti_metric_add(metrics, number, 3, 1);
    }
}

static void *count_in_thread(void *unused)
{
    (void)unused;
    count_rounds();
    return NULL;
}

static void count_and_leave(void)
{
    count_rounds();
    _exit(0);
}

START_TEST(fresh_rows_are_zero)
{
    int i;

    ck_assert(ti_metric_read(&row, metrics, number));
    for (i = 0; i < TI_METRIC_WORDS; i++) {
        ck_assert_uint_eq(row.words[i], 0);
    }
    ck_assert_str_eq(row.server, "one");
    ck_assert_int_eq(row.since, NOW);
}
END_TEST

START_TEST(each_row_counts_for_itself)
{
    apr_uint32_t other = find("other");

    ck_assert_uint_ne(other, number);
    ti_metric_add(metrics, number, 0, 1);
    ti_metric_add(metrics, other, 0, 2);
    ck_assert_uint_eq(word(number, 0), 1);
    ck_assert_uint_eq(word(other, 0), 2);
    ck_assert_uint_eq(word(other, 1), 0);
}
END_TEST

START_TEST(labels_of_each_kind_have_a_row)
{
    apr_uint32_t endpoint =
        ti_metrics_find(metrics, TI_METRIC_ENDPOINT, "one", "a:1", NOW);

    ck_assert_uint_ne(endpoint, number);
    ck_assert_uint_ne(endpoint, ti_metrics_find(metrics, TI_METRIC_ENDPOINT,
                                                "one", "a:2", NOW));
    ck_assert_uint_ne(
        ti_metrics_find(metrics, TI_METRIC_ENDPOINT, "onea", ":1", NOW),
        endpoint);
    ck_assert_uint_eq(find("one"), number);
}
END_TEST

START_TEST(threads_lose_no_count)
{
    crowd(8, count_in_thread);
    ck_assert_uint_eq(word(number, 3), 8 * ROUNDS);
}
END_TEST

START_TEST(processes_lose_no_count)
{
    pid_t children[4];
    int i;

    for (i = 0; i < 4; i++) {
        children[i] = process(count_and_leave);
    }
    for (i = 0; i < 4; i++) {
        waitpid(children[i], NULL, 0);
    }
    ck_assert_uint_eq(word(number, 3), 4 * ROUNDS);
}
END_TEST

/* Where counting has changed the memory; there and nowhere else. */
static char *changed_by_counting(void)
{
    apr_size_t size = ti_metrics_size(ROWS);
    apr_uint64_t *before = apr_pmemdup(pool, memory, size);
    apr_uint64_t *after = memory;
    char *found = NULL;
    apr_size_t i;

    ti_metric_add(metrics, number, 3, 1);
    for (i = 0; i < size / sizeof(*after); i++) {
        if (after[i] != before[i]) {
            ck_assert_ptr_eq(found, NULL);
            found = (char *)&after[i];
        }
    }
    ck_assert_ptr_ne(found, NULL);
    return found;
}

/* No row is searched, however many there are: the page of the word alone can be
 * read. */
START_TEST(who_counts_looks_at_one_word)
{
    apr_size_t size = ti_metrics_size(ROWS);
    apr_size_t page = (apr_size_t)getpagesize();
    char *word_at = changed_by_counting();
    char *page_of = word_at - (apr_size_t)(word_at - (char *)memory) % page;

    ck_assert_int_gt(size, 100 * page);
    ck_assert_int_eq(mprotect(memory, size, PROT_NONE), 0);
    ck_assert_int_eq(mprotect(page_of, page, PROT_READ | PROT_WRITE), 0);
    count_rounds();
    ck_assert_int_eq(mprotect(memory, size, PROT_READ | PROT_WRITE), 0);
    ck_assert_uint_eq(word(number, 3), 1 + ROUNDS);
}
END_TEST

START_TEST(a_reload_goes_on_counting)
{
    ti_metric_add(metrics, number, 5, 1);
    metrics = attach(0);
    ck_assert_uint_eq(find("one"), number);
    ti_metric_add(metrics, number, 5, 1);
    ck_assert_uint_eq(word(number, 5), 2);
}
END_TEST

START_TEST(a_row_is_listed_while_the_configuration_has_it)
{
    ck_assert(ti_metric_read(&row, metrics, number) && row.listed);
    metrics = attach(0);
    ck_assert(ti_metric_read(&row, metrics, number) && !row.listed);
    find("one");
    ck_assert(ti_metric_read(&row, metrics, number) && row.listed);
}
END_TEST

START_TEST(where_there_is_no_room_one_row_is_everybodys)
{
    char name[16];
    int i;

    for (i = 0; i < ROWS; i++) {
        apr_snprintf(name, sizeof(name), "name %d", i);
        find(name);
    }
    ck_assert_uint_eq(find("one too many"), TI_METRIC_NO_SERVER);
    ck_assert_uint_eq(
        ti_metrics_find(metrics, TI_METRIC_ENDPOINT, "one", "x:1", NOW),
        TI_METRIC_NO_ENDPOINT);
    ck_assert_uint_eq(find("name 3"), find("name 3"));
}
END_TEST

START_TEST(a_reload_with_hardly_a_free_row_begins_anew)
{
    char name[16];
    int i;

    for (i = 0; i < ROWS; i++) {
        apr_snprintf(name, sizeof(name), "name %d", i);
        find(name);
    }
    metrics = attach(0);
    number = find("one too many");
    ck_assert_uint_ne(number, TI_METRIC_NO_SERVER);
    ck_assert_uint_eq(word(number, 0), 0);
}
END_TEST

START_TEST(a_time_goes_into_its_bucket_and_the_sum)
{
    ti_metric_time(metrics, number, 10, 5000);
    ti_metric_time(metrics, number, 10, 5001);
    ti_metric_time(metrics, number, 10, apr_time_from_sec(60));
    ck_assert_uint_eq(word(number, 10), 1);
    ck_assert_uint_eq(word(number, 11), 1);
    ck_assert_uint_eq(word(number, 10 + TI_METRIC_BOUNDS), 1);
    ck_assert_uint_eq(word(number, 10 + TI_METRIC_BOUNDS + 1), 60010001);
}
END_TEST

START_TEST(a_long_label_is_cut_as_its_row_is_found)
{
    char name[2 * TI_METRIC_LABEL];

    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    number = find(name);
    name[TI_METRIC_LABEL - 1] = '\0';
    ck_assert_uint_eq(find(name), number);
    ck_assert(ti_metric_read(&row, metrics, number));
    ck_assert_str_eq(row.server, name);
}
END_TEST

START_TEST(common_words_count_and_gauges_hold)
{
    ti_metric_add_common(metrics, TI_COMMON_SUPPRESSED + 30);
    ti_metric_add_common(metrics, TI_COMMON_WORDS);
    ck_assert_uint_eq(ti_metric_common(metrics, TI_COMMON_SUPPRESSED + 30), 1);
    ti_metric_set(metrics, number, TI_GAUGE_LAST_SUCCESS, 7);
    ck_assert(ti_metric_read(&row, metrics, number));
    ck_assert_int_eq(row.gauges[TI_GAUGE_LAST_SUCCESS], 7);
}
END_TEST

START_TEST(without_metrics_nothing_is_counted)
{
    ti_metric_add(NULL, 0, 0, 1);
    ti_metric_time(NULL, 0, 0, 1);
    ti_metric_set(NULL, 0, TI_GAUGE_LAST_SUCCESS, 1);
    ti_metric_add_common(NULL, 0);
    ck_assert_uint_eq(ti_metrics_rows(NULL), 0);
    ck_assert_uint_eq(ti_metrics_find(NULL, TI_METRIC_SERVER, "a", "", NOW),
                      TI_METRIC_NO_SERVER);
}
END_TEST

START_TEST(the_words_of_each_kind_have_room)
{
    ck_assert_int_le(TI_WORD_SERVER_END, TI_METRIC_WORDS);
    ck_assert_int_le(TI_WORD_ENDPOINT_END, TI_METRIC_WORDS);
    ck_assert_int_le(TI_WORD_STORE_END, TI_METRIC_WORDS);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("metric");
    TCase *one = tcase_create("metric");

    tcase_add_checked_fixture(one, pool_open, pool_close);
    tcase_add_checked_fixture(one, metrics_open, NULL);
    tcase_add_test(one, fresh_rows_are_zero);
    tcase_add_test(one, each_row_counts_for_itself);
    tcase_add_test(one, labels_of_each_kind_have_a_row);
    tcase_add_test(one, threads_lose_no_count);
    tcase_add_test(one, processes_lose_no_count);
    tcase_add_test(one, who_counts_looks_at_one_word);
    tcase_add_test(one, a_reload_goes_on_counting);
    tcase_add_test(one, a_row_is_listed_while_the_configuration_has_it);
    tcase_add_test(one, where_there_is_no_room_one_row_is_everybodys);
    tcase_add_test(one, a_reload_with_hardly_a_free_row_begins_anew);
    tcase_add_test(one, a_time_goes_into_its_bucket_and_the_sum);
    tcase_add_test(one, a_long_label_is_cut_as_its_row_is_found);
    tcase_add_test(one, common_words_count_and_gauges_hold);
    tcase_add_test(one, without_metrics_nothing_is_counted);
    tcase_add_test(one, the_words_of_each_kind_have_room);
    suite_add_tcase(all, one);
    return all;
}
