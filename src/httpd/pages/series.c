/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/series.h"

#include <apr_strings.h>

#include "context/tally.h"
#include "process/shared.h"
#include "traffic/flights.h"

static void write_family(mai_exposition_t *out, const mai_series_t *family,
                         const apr_array_header_t *rows);
static void requests(mai_exposition_t *out, const ti_metric_row_t *row);
static void lookups(mai_exposition_t *out, const ti_metric_row_t *row);
static void refused(mai_exposition_t *out, const ti_metric_row_t *row);
static void refreshes(mai_exposition_t *out, const ti_metric_row_t *row);
static void connections(mai_exposition_t *out, const ti_metric_row_t *row);
static ti_flights_state_t state_of(const ti_metric_row_t *row);
static void in_flight(mai_exposition_t *out, const ti_metric_row_t *row);
static void limit(mai_exposition_t *out, const ti_metric_row_t *row);
static void waiters(mai_exposition_t *out, const ti_metric_row_t *row);
static void waited(mai_exposition_t *out, const ti_metric_row_t *row);
static void keys(mai_exposition_t *out, const ti_metric_row_t *row);
static void certificate(mai_exposition_t *out, const ti_metric_row_t *row);
static void secret(mai_exposition_t *out, const ti_metric_row_t *row);

const mai_series_t mai_series_servers[] = {
    {TI_METRIC_SERVER, MAI_FAMILY_COUNTER, "introspect_requests", "",
     "Requests by how they ended.", requests},
    {TI_METRIC_SERVER, MAI_FAMILY_COUNTER, "introspect_cache_lookups", "",
     "Look-ups of tokens by where the answer came from.", lookups},
    {TI_METRIC_SERVER, MAI_FAMILY_COUNTER, "introspect_refused", "",
     "Requests turned away without asking, by cause.", refused},
    {TI_METRIC_SERVER, MAI_FAMILY_COUNTER, "introspect_refreshes", "",
     "Background refreshes of answers in use.", refreshes},
    {TI_METRIC_SERVER, MAI_FAMILY_COUNTER, "introspect_as_connections_opened",
     "", "New connections, counted at their first question.", connections},
    {TI_METRIC_SERVER, MAI_FAMILY_GAUGE, "introspect_as_in_flight", "",
     "Questions under way.", in_flight},
    {TI_METRIC_SERVER, MAI_FAMILY_GAUGE, "introspect_as_in_flight_limit", "",
     "Limit of questions under way.", limit},
    {TI_METRIC_SERVER, MAI_FAMILY_GAUGE, "introspect_waiters", "",
     "Requests in line to ask.", waiters},
    {TI_METRIC_SERVER, MAI_FAMILY_HISTOGRAM, "introspect_wait_duration_seconds",
     "seconds", "Time that requests waited without asking themselves.", waited},
    {TI_METRIC_SERVER, MAI_FAMILY_COUNTER, "introspect_jwks_refreshes", "",
     "Fetches of the key set.", keys},
    {TI_METRIC_SERVER, MAI_FAMILY_GAUGE,
     "introspect_jwks_last_success_timestamp_seconds", "seconds",
     "When the key set was last fetched.", mai_series_had},
    {TI_METRIC_SERVER, MAI_FAMILY_GAUGE,
     "introspect_certificate_expiry_timestamp_seconds", "seconds",
     "When our TLS certificate expires.", certificate},
    {TI_METRIC_SERVER, MAI_FAMILY_GAUGE,
     "introspect_secret_loaded_timestamp_seconds", "seconds",
     "When our secret or key was read.", secret},
    {TI_METRIC_FREE, MAI_FAMILY_COUNTER, NULL, NULL, NULL, NULL},
};

apr_array_header_t *mai_series_read(const ti_metrics_t *metrics, apr_pool_t *p)
{
    apr_array_header_t *rows =
        apr_array_make(p, 16, sizeof(const ti_metric_row_t *));
    ti_metric_row_t row;
    apr_uint32_t i;

    for (i = 0; i < ti_metrics_rows(metrics); i++) {
        if (ti_metric_read(&row, metrics, i)) {
            APR_ARRAY_PUSH(rows, const ti_metric_row_t *) =
                apr_pmemdup(p, &row, sizeof(row));
        }
    }
    return rows;
}

void mai_series_write(mai_exposition_t *out, const mai_series_t *all,
                      const apr_array_header_t *rows)
{
    for (; all->name != NULL; all++) {
        write_family(out, all, rows);
    }
}

static void write_family(mai_exposition_t *out, const mai_series_t *family,
                         const apr_array_header_t *rows)
{
    int i;

    mai_exposition_family(out, family->type, family->name, family->unit,
                          family->help);
    for (i = 0; i < rows->nelts; i++) {
        const ti_metric_row_t *row =
            APR_ARRAY_IDX(rows, i, const ti_metric_row_t *);

        if (row->kind == family->kind) {
            family->write(out, row);
        }
    }
}

const char *mai_series_labels(const mai_exposition_t *out,
                              const ti_metric_row_t *row)
{
    const char *labels = mai_exposition_label(
        out, "", row->kind == TI_METRIC_STORE ? "store" : "server",
        row->server);

    return row->kind == TI_METRIC_ENDPOINT
               ? mai_exposition_label(out, labels, "endpoint", row->endpoint)
               : labels;
}

void mai_series_words(mai_exposition_t *out, const ti_metric_row_t *row,
                      int first, const mai_series_label_t *label)
{
    const char *labels = mai_series_labels(out, row);
    int i;

    for (i = 0; i < label->count; i++) {
        mai_exposition_count(
            out,
            mai_exposition_label(out, labels, label->name, label->values[i]),
            row->words[first + i], row->since);
    }
}

void mai_series_pairs(mai_exposition_t *out, const ti_metric_row_t *row,
                      int first, const mai_series_label_t *outer,
                      const mai_series_label_t *inner)
{
    const char *labels = mai_series_labels(out, row);
    int i;

    for (i = 0; i < outer->count * inner->count; i++) {
        const char *both = mai_exposition_label(
            out, labels, outer->name, outer->values[i / inner->count]);

        both = mai_exposition_label(out, both, inner->name,
                                    inner->values[i % inner->count]);
        mai_exposition_count(out, both, row->words[first + i], row->since);
    }
}

int mai_series_used(const ti_metric_row_t *row)
{
    int i = 0;

    while (i < TI_METRIC_WORDS && row->words[i] == 0) {
        i++;
    }
    return row->listed && i < TI_METRIC_WORDS;
}

void mai_series_times(mai_exposition_t *out, const ti_metric_row_t *row,
                      const char *labels, int word)
{
    mai_histogram_t histogram = {row->words + word, ti_metric_bounds,
                                 TI_METRIC_BOUNDS};

    mai_exposition_histogram(out, labels, &histogram, row->since);
}

static void requests(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const mai_series_label_t results = {"result", mai_tally_words,
                                               TI_RESULTS};

    mai_series_words(out, row, TI_WORD_RESULT, &results);
}

static void lookups(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const mai_series_label_t sources = {"result", mai_tally_source_words,
                                               TI_LOOKUPS};

    mai_series_words(out, row, TI_WORD_LOOKUP, &sources);
}

static void refused(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const char *const words[TI_REFUSALS] = {
        "limit", "breaker", "workers", "timeout", "lock"};
    static const mai_series_label_t causes = {"cause", words, TI_REFUSALS};

    mai_series_words(out, row, TI_WORD_REFUSED, &causes);
}

static void refreshes(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const char *const words[] = {"renewed", "failed"};
    static const mai_series_label_t outcomes = {"outcome", words, 2};

    mai_series_words(out, row, TI_WORD_REFRESHED, &outcomes);
}

static void connections(mai_exposition_t *out, const ti_metric_row_t *row)
{
    mai_exposition_count(out, mai_series_labels(out, row),
                         row->words[TI_WORD_CONNECTIONS], row->since);
}

static ti_flights_state_t state_of(const ti_metric_row_t *row)
{
    ti_flights_state_t state;

    ti_flights_state(mai_shared_world()->flights,
                     (apr_uint32_t)row->gauges[TI_GAUGE_NUMBER], &state);
    return state;
}

static void in_flight(mai_exposition_t *out, const ti_metric_row_t *row)
{
    if (mai_series_used(row)) {
        mai_exposition_gauge(out, mai_series_labels(out, row),
                             state_of(row).in_flight);
    }
}

static void limit(mai_exposition_t *out, const ti_metric_row_t *row)
{
    const ti_world_t *world = mai_shared_world();

    if (mai_series_used(row)) {
        mai_exposition_gauge(
            out, mai_series_labels(out, row),
            ti_flights_permits(world->flights,
                               (apr_uint32_t)row->gauges[TI_GAUGE_NUMBER],
                               (apr_uint32_t)row->gauges[TI_GAUGE_CALLS_MAX],
                               world->steady()));
    }
}

static void waiters(mai_exposition_t *out, const ti_metric_row_t *row)
{
    if (mai_series_used(row)) {
        mai_exposition_gauge(out, mai_series_labels(out, row),
                             state_of(row).waiting);
    }
}

static void waited(mai_exposition_t *out, const ti_metric_row_t *row)
{
    mai_series_times(out, row, mai_series_labels(out, row), TI_WORD_WAITED);
}

static void keys(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const char *const words[] = {"fetched", "failed"};
    static const mai_series_label_t outcomes = {"outcome", words, 2};

    mai_series_words(out, row, TI_WORD_JWKS, &outcomes);
}

void mai_series_had(mai_exposition_t *out, const ti_metric_row_t *row)
{
    if (row->gauges[TI_GAUGE_LAST_SUCCESS] > 0) {
        mai_exposition_moment(out, mai_series_labels(out, row),
                              row->gauges[TI_GAUGE_LAST_SUCCESS]);
    }
}

static void certificate(mai_exposition_t *out, const ti_metric_row_t *row)
{
    if (row->listed && row->gauges[TI_GAUGE_CERTIFICATE] > 0) {
        mai_exposition_moment(out, mai_series_labels(out, row),
                              row->gauges[TI_GAUGE_CERTIFICATE]);
    }
}

static void secret(mai_exposition_t *out, const ti_metric_row_t *row)
{
    if (mai_series_used(row) && row->gauges[TI_GAUGE_SECRET] > 0) {
        mai_exposition_moment(out, mai_series_labels(out, row),
                              row->gauges[TI_GAUGE_SECRET]);
    }
}
