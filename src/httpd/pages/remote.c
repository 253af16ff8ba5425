/* SPDX-License-Identifier: Apache-2.0 */
#include "pages/remote.h"

#include "process/shared.h"
#include "traffic/flights.h"

static void asked(mai_exposition_t *out, const ti_metric_row_t *row);
static void took(mai_exposition_t *out, const ti_metric_row_t *row);
static void breaker(mai_exposition_t *out, const ti_metric_row_t *row);
static void turned(mai_exposition_t *out, const ti_metric_row_t *row);
static void operations(mai_exposition_t *out, const ti_metric_row_t *row);
static void store_up(mai_exposition_t *out, const ti_metric_row_t *row);
static void operations_took(mai_exposition_t *out, const ti_metric_row_t *row);

const mai_series_t mai_remote_series[] = {
    {TI_METRIC_ENDPOINT, MAI_FAMILY_COUNTER, "introspect_as_requests", "",
     "Questions to the authorization server.", asked},
    {TI_METRIC_ENDPOINT, MAI_FAMILY_HISTOGRAM,
     "introspect_as_request_duration_seconds", "seconds",
     "Time from question to answer.", took},
    {TI_METRIC_ENDPOINT, MAI_FAMILY_GAUGE,
     "introspect_as_last_success_timestamp_seconds", "seconds",
     "When it last answered about a token.", mai_series_had},
    {TI_METRIC_ENDPOINT, MAI_FAMILY_GAUGE, "introspect_breaker_state", "",
     "1 for the current state of the endpoint's breaker.", breaker},
    {TI_METRIC_ENDPOINT, MAI_FAMILY_COUNTER, "introspect_breaker_transitions",
     "", "Changes of the breaker's state.", turned},
    {TI_METRIC_STORE, MAI_FAMILY_COUNTER, "introspect_store_operations", "",
     "Calls to the shared store.", operations},
    {TI_METRIC_STORE, MAI_FAMILY_GAUGE, "introspect_store_up", "",
     "1 if the last call to the shared store succeeded.", store_up},
    {TI_METRIC_STORE, MAI_FAMILY_HISTOGRAM,
     "introspect_store_operation_duration_seconds", "seconds",
     "Time of calls to the shared store.", operations_took},
    {TI_METRIC_FREE, MAI_FAMILY_COUNTER, NULL, NULL, NULL, NULL},
};

static const char *const states[] = {"closed", "half_open", "open"};
static const char *const store_calls[TI_STORE_OPERATIONS] = {"fetch", "store"};

static void asked(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const char *const causes[TI_CAUSES] = {"miss", "refresh", "probe"};
    static const char *const outcomes[TI_OUTCOMES] = {
        "active",       "inactive",     "refused",      "credentials",
        "client_error", "server_error", "rate_limited", "timeout",
        "connect",      "tls",          "answer"};
    static const mai_series_label_t cause = {"cause", causes, TI_CAUSES};
    static const mai_series_label_t outcome = {"outcome", outcomes,
                                               TI_OUTCOMES};

    mai_series_pairs(out, row, TI_WORD_ASKED, &cause, &outcome);
}

static void took(mai_exposition_t *out, const ti_metric_row_t *row)
{
    mai_series_times(out, row, mai_series_labels(out, row), TI_WORD_TOOK);
}

static void breaker(mai_exposition_t *out, const ti_metric_row_t *row)
{
    const ti_world_t *world = mai_shared_world();
    ti_breaker_state_t state;
    int i;

    if (!mai_series_used(row)) {
        return;
    }
    state = ti_flights_endpoint(
        world->flights, (apr_uint32_t)row->gauges[TI_GAUGE_NUMBER],
        (int)row->gauges[TI_GAUGE_BREAKER] - 1, world->steady());
    for (i = 0; i < TI_BREAKER_STATES; i++) {
        mai_exposition_gauge(out,
                             mai_exposition_label(out,
                                                  mai_series_labels(out, row),
                                                  "state", states[i]),
                             i == (int)state);
    }
}

static void turned(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const mai_series_label_t to = {"to", states, TI_BREAKER_STATES};

    mai_series_words(out, row, TI_WORD_TRANSITIONS, &to);
}

static void operations(mai_exposition_t *out, const ti_metric_row_t *row)
{
    static const char *const ends[TI_STORE_ENDS] = {"done", "not_found",
                                                    "failed"};
    static const mai_series_label_t operation = {"operation", store_calls,
                                                 TI_STORE_OPERATIONS};
    static const mai_series_label_t outcome = {"outcome", ends, TI_STORE_ENDS};

    mai_series_pairs(out, row, TI_WORD_OPERATION, &operation, &outcome);
}

static void store_up(mai_exposition_t *out, const ti_metric_row_t *row)
{
    if (row->listed && row->gauges[TI_GAUGE_IS_UP] != 0) {
        mai_exposition_gauge(out, mai_series_labels(out, row),
                             row->gauges[TI_GAUGE_IS_UP] == 1);
    }
}

static void operations_took(mai_exposition_t *out, const ti_metric_row_t *row)
{
    int i;

    for (i = 0; i < TI_STORE_OPERATIONS; i++) {
        mai_series_times(out, row,
                         mai_exposition_label(out, mai_series_labels(out, row),
                                              "operation", store_calls[i]),
                         TI_WORD_OPERATION_TOOK + i * TI_METRIC_HISTOGRAM);
    }
}
