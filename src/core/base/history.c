/* SPDX-License-Identifier: Apache-2.0 */
#include "base/history.h"

#include <string.h>

#include "base/atomic.h"
#include "base/block.h"

/* One for each minute of an hour, and a few for those that come late. */
#define SLOTS 64
#define WORDS (sizeof(ti_counted_t) / sizeof(apr_uint64_t))

/* A sample is words and nothing else. */
typedef union entry_t {
    ti_counted_t sample;
    apr_uint64_t words[WORDS];
} entry_t;

struct ti_history_t {
    apr_time_t last; /* when the last sample was taken */
    apr_uint64_t slots[SLOTS][WORDS + 1];
};

static int find_oldest(entry_t *oldest, const ti_history_t *history,
                       apr_time_t since, apr_time_t now);

apr_size_t ti_history_size(void)
{
    return sizeof(ti_history_t);
}

ti_history_t *ti_history_open(void *memory)
{
    return memory;
}

void ti_counted_take(ti_counted_t *sample, const ti_metrics_t *metrics,
                     apr_time_t now)
{
    apr_uint32_t number;
    ti_metric_row_t row;
    int i;

    memset(sample, 0, sizeof(*sample));
    sample->at = now;
    for (number = 0; number < ti_metrics_rows(metrics); number++) {
        if (!ti_metric_read(&row, metrics, number) ||
            row.kind != TI_METRIC_SERVER) {
            continue;
        }
        for (i = 0; i < TI_LOOKUPS; i++) {
            sample->lookups[i] += row.words[TI_WORD_LOOKUP + i];
        }
    }
}

void ti_history_note(ti_history_t *history, const ti_metrics_t *metrics,
                     apr_time_t now)
{
    apr_time_t last = TI_LOAD(history->last);
    entry_t entry;

    if ((last != 0 && now - last < TI_HISTORY_INTERVAL) ||
        !__atomic_compare_exchange_n(&history->last, &last, now, 0,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        return;
    }
    ti_counted_take(&entry.sample, metrics, now);
    ti_block_write(history->slots[(now / TI_HISTORY_INTERVAL) % SLOTS],
                   entry.words, WORDS);
}

apr_interval_time_t ti_history_read(ti_counted_t *counted,
                                    const ti_history_t *history,
                                    const ti_metrics_t *metrics, apr_time_t now)
{
    entry_t oldest = {{0, {0}}};
    int i;

    ti_counted_take(counted, metrics, now);
    if (!find_oldest(&oldest, history, now - TI_HISTORY_SPAN, now)) {
        memset(counted->lookups, 0, sizeof(counted->lookups));
        return 0;
    }
    for (i = 0; i < TI_LOOKUPS; i++) {
        if (counted->lookups[i] >= oldest.sample.lookups[i]) {
            counted->lookups[i] -= oldest.sample.lookups[i];
        }
    }
    return now - oldest.sample.at;
}

static int find_oldest(entry_t *oldest, const ti_history_t *history,
                       apr_time_t since, apr_time_t now)
{
    int found = 0;
    int i;

    for (i = 0; i < SLOTS; i++) {
        entry_t entry;

        if (ti_block_read(entry.words, history->slots[i], WORDS) &&
            entry.sample.at >= since && entry.sample.at <= now &&
            (!found || entry.sample.at < oldest->sample.at)) {
            *oldest = entry;
            found = 1;
        }
    }
    return found;
}
