/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/counts.h"

#include <string.h>

#include <apr_strings.h>

#include "base/history.h"
#include "base/journal.h"
#include "cache/table.h"
#include "context/tally.h"
#include "process/caches.h"
#include "process/shared.h"

/* The cause of those that other limits than a token's refused. */
static const char *const limits[TI_REFUSALS] = {"limit", "breaker", "workers",
                                                "timeout", "lock"};

static void write_lookups(mai_sheet_t *sheet);
static void write_cache(mai_sheet_t *sheet);
static void write_causes(mai_sheet_t *sheet);
static void add_cause(mai_table_t *table, const char *cause,
                      apr_uint64_t count);
static void write_refusals(mai_sheet_t *sheet);

void mai_counts_write(mai_sheet_t *sheet)
{
    write_lookups(sheet);
    write_cache(sheet);
    write_causes(sheet);
    write_refusals(sheet);
}

static void write_lookups(mai_sheet_t *sheet)
{
    const ti_world_t *world = mai_shared_world();
    apr_time_t now = ti_clock_steady();
    mai_table_t *table = mai_sheet_table(
        sheet, "lookups", "Where answers came from", "Nothing yet.", 0);
    ti_counted_t hour;
    ti_counted_t all;
    apr_interval_time_t span;
    int i;

    mai_shared_sample();
    span = ti_history_read(&hour, world->history, world->metrics, now);
    ti_counted_take(&all, world->metrics, now);
    for (i = 0; i < TI_LOOKUPS; i++) {
        mai_sheet_row(table);
        mai_sheet_text(table, "from", "From", mai_tally_source_words[i]);
        mai_sheet_number(table, "hour", "In the last hour",
                         (apr_int64_t)hour.lookups[i]);
        mai_sheet_time(table, "counted_for", "Counted for", span);
        mai_sheet_number(table, "total", "Since the start",
                         (apr_int64_t)all.lookups[i]);
    }
}

static void write_cache(mai_sheet_t *sheet)
{
    static const char *const names[TI_SPACES] = {"active", "inactive"};
    mai_table_t *table =
        mai_sheet_table(sheet, "cache", "The table in shared memory",
                        "There is none: see IntrospectCache.", 0);
    int i;

    for (i = 0; mai_caches_table() != NULL && i < TI_SPACES; i++) {
        ti_table_stats_t stats;

        ti_table_space(mai_caches_table(), (ti_space_t)i, &stats);
        mai_sheet_row(table);
        mai_sheet_text(table, "answers", "Answers", names[i]);
        mai_sheet_number(table, "entries", "Kept", (apr_int64_t)stats.entries);
        mai_sheet_number(table, "bytes", "Bytes", (apr_int64_t)stats.bytes);
        mai_sheet_number(table, "capacity", "Of", (apr_int64_t)stats.capacity);
        mai_sheet_number(table, "per_cent", "Per cent",
                         stats.capacity > 0
                             ? (apr_int64_t)(stats.bytes * 100 / stats.capacity)
                             : 0);
        mai_sheet_number(table, "evictions", "Gave way",
                         (apr_int64_t)stats.evictions);
    }
}

static void write_causes(mai_sheet_t *sheet)
{
    const ti_metrics_t *metrics = mai_shared_world()->metrics;
    apr_uint64_t sums[TI_METRIC_WORDS] = {0};
    mai_table_t *table = mai_sheet_table(sheet, "causes", "Refusals by cause",
                                         "None since the start.", 0);
    ti_metric_row_t row;
    apr_uint32_t number;
    int i;

    for (number = 0; number < ti_metrics_rows(metrics); number++) {
        if (!ti_metric_read(&row, metrics, number) ||
            row.kind != TI_METRIC_SERVER) {
            continue;
        }
        for (i = 0; i < TI_METRIC_WORDS; i++) {
            sums[i] += row.words[i];
        }
    }
    for (i = TI_RESULT_NO_TOKEN; i < TI_RESULTS; i++) {
        add_cause(table, mai_tally_words[i], sums[TI_WORD_RESULT + i]);
    }
    for (i = 0; i < TI_REFUSALS; i++) {
        add_cause(table,
                  apr_pstrcat(sheet->p, "unavailable: ", limits[i], NULL),
                  sums[TI_WORD_REFUSED + i]);
    }
}

static void add_cause(mai_table_t *table, const char *cause, apr_uint64_t count)
{
    if (count > 0) {
        mai_sheet_row(table);
        mai_sheet_text(table, "cause", "Cause", cause);
        mai_sheet_number(table, "count", "Since the start", (apr_int64_t)count);
    }
}

static void write_refusals(mai_sheet_t *sheet)
{
    ti_refusal_t refusals[TI_JOURNAL_SHOWN];
    int count = ti_journal_read(refusals, mai_shared_world()->journal);
    mai_table_t *table =
        mai_sheet_table(sheet, "refusals", "The last refusals", "None yet.", 0);
    int i;

    for (i = 0; i < count; i++) {
        const ti_refusal_t *each = &refusals[i];
        ti_metric_result_t result = (ti_metric_result_t)each->result;

        mai_sheet_row(table);
        mai_sheet_since(table, "age", "Ago", each->at, apr_time_now());
        mai_sheet_number(table, "status", "Status", each->status);
        mai_sheet_text(table, "cause", "Cause",
                       result < TI_RESULTS ? mai_tally_words[result] : NULL);
        mai_sheet_text(table, "message", "Message",
                       apr_psprintf(sheet->p, "MAI%04d", each->message));
        mai_sheet_text(table, "place", "Place",
                       apr_pstrdup(sheet->p, each->place));
        mai_sheet_text(table, "fingerprint", "Fingerprint",
                       each->fingerprint != 0
                           ? apr_psprintf(sheet->p, "%08x", each->fingerprint)
                           : NULL);
    }
}
