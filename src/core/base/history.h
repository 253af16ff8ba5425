/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts of the last hour: a sample each minute, in shared memory, so that what
 * has been counted since a start can be shown for the last hour.
 */
#ifndef TI_HISTORY_H
#define TI_HISTORY_H

#include <apr_time.h>

#include "base/metric.h"

#define TI_HISTORY_SPAN apr_time_from_sec(3600)
#define TI_HISTORY_INTERVAL apr_time_from_sec(60)

/* What was counted by one moment. */
typedef struct ti_counted_t {
    apr_time_t at; /* steady */
    apr_uint64_t lookups[TI_LOOKUPS];
} ti_counted_t;

typedef struct ti_history_t ti_history_t;

/* Bytes that a history needs. Any memory of zeros, aligned to 8, is an empty
 * one; shared, it is that of all processes. */
apr_size_t ti_history_size(void);
ti_history_t *ti_history_open(void *memory);

/* Sum the look-ups of all servers at `now`. Walks over all rows. */
void ti_counted_take(ti_counted_t *sample, const ti_metrics_t *metrics,
                     apr_time_t now);

/* Take a sample, unless the last one is younger than TI_HISTORY_INTERVAL. */
void ti_history_note(ti_history_t *history, const ti_metrics_t *metrics,
                     apr_time_t now);

/* What was counted between the oldest sample of the last hour and `now`, and
 * for how long that is; nothing for 0, where there is no sample yet. Counts
 * that began anew meanwhile are taken from there. */
apr_interval_time_t ti_history_read(ti_counted_t *counted,
                                    const ti_history_t *history,
                                    const ti_metrics_t *metrics,
                                    apr_time_t now);

#endif
