/* SPDX-License-Identifier: Apache-2.0
 *
 * The metrics of servers: one family after the other, over all rows; and what
 * those of endpoints and stores share with them. What was never used is left
 * out.
 */
#ifndef MAI_SERIES_H
#define MAI_SERIES_H

#include <apr_tables.h>

#include "base/metric.h"
#include "pages/exposition.h"

/* One family of one kind of rows. */
typedef struct mai_series_t {
    ti_metric_kind_t kind;
    mai_family_type_t type;
    const char *name;
    const char *unit;
    const char *help;
    void (*write)(mai_exposition_t *out, const ti_metric_row_t *row);
} mai_series_t;

/* All rows as they are now, of const ti_metric_row_t *, in `p`. */
apr_array_header_t *mai_series_read(const ti_metrics_t *metrics, apr_pool_t *p);

/* The families of servers. This list, and each other, ends with a family
 * without a name. */
extern const mai_series_t mai_series_servers[];

/* Write all families of a list. */
void mai_series_write(mai_exposition_t *out, const mai_series_t *all,
                      const apr_array_header_t *rows);

/* The labels that all samples of a row have. */
const char *mai_series_labels(const mai_exposition_t *out,
                              const ti_metric_row_t *row);

/* Nonzero: the configuration of now has it, and something was counted. */
int mai_series_used(const ti_metric_row_t *row);

/* One more label, and its values in the order of a row's words. */
typedef struct mai_series_label_t {
    const char *name;
    const char *const *values;
    int count;
} mai_series_label_t;

/* Words from `first` on as counters: one for each value of a label; or one for
 * each pair of values, of which the inner one changes first. */
void mai_series_words(mai_exposition_t *out, const ti_metric_row_t *row,
                      int first, const mai_series_label_t *label);
void mai_series_pairs(mai_exposition_t *out, const ti_metric_row_t *row,
                      int first, const mai_series_label_t *outer,
                      const mai_series_label_t *inner);

/* When what the row is about was had last, where that is known. */
void mai_series_had(mai_exposition_t *out, const ti_metric_row_t *row);

/* The histogram that begins at this word. */
void mai_series_times(mai_exposition_t *out, const ti_metric_row_t *row,
                      const char *labels, int word);

#endif
