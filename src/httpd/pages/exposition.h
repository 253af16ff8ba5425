/* SPDX-License-Identifier: Apache-2.0
 *
 * Metrics as Prometheus reads them: text format 0.0.4, or OpenMetrics 1.0.
 */
#ifndef MAI_EXPOSITION_H
#define MAI_EXPOSITION_H

#include <httpd.h>

typedef enum mai_family_type_t {
    MAI_FAMILY_COUNTER = 0,
    MAI_FAMILY_GAUGE,
    MAI_FAMILY_HISTOGRAM,
    MAI_FAMILY_INFO
} mai_family_type_t;

/* A response that is written; zero is text format. */
typedef struct mai_exposition_t {
    request_rec *r;
    int is_open;      /* nonzero: OpenMetrics */
    int is_begun;     /* the family's head is written */
    const char *name; /* of the family, without _total or _info */
    mai_family_type_t type;
    const char *unit;
    const char *help;
} mai_exposition_t;

/* A histogram's words: one for each bound, one for what is above, and the sum;
 * bounds and sum in microseconds. */
typedef struct mai_histogram_t {
    const apr_uint64_t *words;
    const apr_interval_time_t *bounds;
    int count; /* of bounds */
} mai_histogram_t;

/* Which format the client prefers: sets it and the response's type. */
void mai_exposition_begin(mai_exposition_t *out, request_rec *r);

/* A family begins. `name` without a suffix; `unit` is "" or the last word of
 * the name. Nothing is written before its first sample. */
void mai_exposition_family(mai_exposition_t *out, mai_family_type_t type,
                           const char *name, const char *unit,
                           const char *help);

/* `labels` and one more, in the request's pool: NAME="VALUE", the value
 * escaped. */
const char *mai_exposition_label(const mai_exposition_t *out,
                                 const char *labels, const char *name,
                                 const char *value);

/* Samples. `since`, of the wall clock, is when counting began. A counter or a
 * histogram of zeros is left out. */
void mai_exposition_count(mai_exposition_t *out, const char *labels,
                          apr_uint64_t value, apr_time_t since);
void mai_exposition_gauge(mai_exposition_t *out, const char *labels,
                          apr_int64_t value);
void mai_exposition_moment(mai_exposition_t *out, const char *labels,
                           apr_time_t value);
void mai_exposition_histogram(mai_exposition_t *out, const char *labels,
                              const mai_histogram_t *histogram,
                              apr_time_t since);

/* All is written. */
void mai_exposition_end(mai_exposition_t *out);

#endif
