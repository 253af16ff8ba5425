/* SPDX-License-Identifier: Apache-2.0
 *
 * A rate limit for log lines: neither an outage nor a client can fill a disk.
 * Of each message one line per interval and subject is written, by all
 * processes together, and how many were left out since the one before. So an
 * outage's last count comes with the next outage, and says how long ago that
 * was.
 */
#ifndef TI_RATELIMIT_H
#define TI_RATELIMIT_H

#include <apr_pools.h>
#include <apr_time.h>

#include "base/log.h"

#define TI_RATELIMIT_INTERVAL apr_time_from_sec(10)
#define TI_RATELIMIT_EARLIER                                                   \
    apr_time_from_sec(600)       /* another outage, by then */
#define TI_RATELIMIT_SUBJECTS 64 /* kept apart, of each message */

struct ti_metrics_t;

typedef struct ti_ratelimit_t ti_ratelimit_t;

/* Bytes that a rate limit needs. Any memory of zeros is one: shared, and
 * aligned to 8, it is that of all processes. */
apr_size_t ti_ratelimit_size(void);
ti_ratelimit_t *ti_ratelimit_open(void *memory);

/* Count what is left out in `metrics`, whose handle lives as long as the memory
 * and is at one place in all processes: made before they fork. */
void ti_ratelimit_count(ti_ratelimit_t *limit, struct ti_metrics_t *metrics);

/* May something be said about this message and subject at `now`, of the steady
 * clock? Once per `interval`, which is the same for all of one message;
 * *left_out is how many times the answer was no since the last yes. A NULL
 * limit admits all. */
int ti_ratelimit_admits(apr_uint32_t *left_out, ti_ratelimit_t *limit, int id,
                        const char *subject, apr_interval_time_t interval,
                        apr_time_t now);

/* A line. The lines about one subject, such as a URL, suppress no other
 * subject's, unless both share one of TI_RATELIMIT_SUBJECTS places by
 * chance. */
typedef struct ti_line_t {
    ti_level_t level;
    int id;
    const char *subject;
    const char *text;
} ti_line_t;

/* Like ti_log, at a limited rate; a NULL limit writes every line. `now` is the
 * steady clock's. */
#define ti_ratelimit_log(limit, now, log, line)                                \
    ti_ratelimit_log_at((limit), __FILE__, __LINE__, (now), (log), (line))
void ti_ratelimit_log_at(ti_ratelimit_t *limit, const char *file, int number,
                         apr_time_t now, const ti_log_t *log,
                         const ti_line_t *line);

#endif
