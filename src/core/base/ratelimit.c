/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ratelimit.h"

#include <apr_hash.h>

#include "base/atomic.h"
#include "base/metric.h"

#define MESSAGES 256 /* ids below this are limited, see messages.h */

typedef struct window_t {
    apr_time_t next;       /* no line before this moment */
    apr_uint32_t left_out; /* since the last line */
} window_t;

/* Where a line was raised, and the log that it goes to. */
typedef struct raised_t {
    const ti_log_t *log;
    const char *file;
    int number;
} raised_t;

struct ti_ratelimit_t {
    ti_metrics_t *metrics;
    window_t windows[MESSAGES][TI_RATELIMIT_SUBJECTS];
};

static window_t *window_of(ti_ratelimit_t *limit, int id, const char *subject);
static int take(apr_uint32_t *left_out, apr_interval_time_t *ago,
                window_t *window, apr_interval_time_t interval, apr_time_t now);
static void tell(const raised_t *raised, const ti_line_t *line,
                 apr_uint32_t left_out, apr_interval_time_t ago);

apr_size_t ti_ratelimit_size(void)
{
    return sizeof(ti_ratelimit_t);
}

ti_ratelimit_t *ti_ratelimit_open(void *memory)
{
    return memory;
}

void ti_ratelimit_count(ti_ratelimit_t *limit, ti_metrics_t *metrics)
{
    limit->metrics = metrics;
}

int ti_ratelimit_admits(apr_uint32_t *left_out, ti_ratelimit_t *limit, int id,
                        const char *subject, apr_interval_time_t interval,
                        apr_time_t now)
{
    window_t *window = window_of(limit, id, subject);
    apr_interval_time_t ago;

    *left_out = 0;
    if (window == NULL || take(left_out, &ago, window, interval, now)) {
        return 1;
    }
    ti_metric_add_common(limit->metrics, TI_COMMON_SUPPRESSED + id);
    return 0;
}

void ti_ratelimit_log_at(ti_ratelimit_t *limit, const char *file, int number,
                         apr_time_t now, const ti_log_t *log,
                         const ti_line_t *line)
{
    raised_t raised = {log, file, number};
    apr_interval_time_t ago = 0;
    apr_uint32_t left_out = 0;
    window_t *window;

    if (!ti_log_on(log, line->level)) {
        return;
    }
    window = window_of(limit, line->id, line->subject);
    if (window == NULL ||
        take(&left_out, &ago, window, TI_RATELIMIT_INTERVAL, now)) {
        tell(&raised, line, left_out, ago);
        return;
    }
    ti_metric_add_common(limit->metrics, TI_COMMON_SUPPRESSED + line->id);
}

/* NULL: there is no limit. */
static window_t *window_of(ti_ratelimit_t *limit, int id, const char *subject)
{
    apr_ssize_t whole = APR_HASH_KEY_STRING;

    if (limit == NULL || id < 0 || id >= MESSAGES) {
        return NULL;
    }
    return &limit->windows[id][apr_hashfunc_default(subject, &whole) %
                               TI_RATELIMIT_SUBJECTS];
}

/* Nonzero: now, `ago` after the interval in which *left_out were counted. Zero:
 * counted. */
static int take(apr_uint32_t *left_out, apr_interval_time_t *ago,
                window_t *window, apr_interval_time_t interval, apr_time_t now)
{
    apr_time_t next = TI_LOAD(window->next);

    if (now < next ||
        !__atomic_compare_exchange_n(&window->next, &next, now + interval, 0,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        __atomic_add_fetch(&window->left_out, 1, __ATOMIC_RELAXED);
        return 0;
    }
    *left_out = __atomic_exchange_n(&window->left_out, 0, __ATOMIC_RELAXED);
    *ago = now - next;
    return 1;
}

/* `ago`: since the interval in which they were left out. */
static void tell(const raised_t *raised, const ti_line_t *line,
                 apr_uint32_t left_out, apr_interval_time_t ago)
{
    if (left_out == 0) {
        ti_log_at(raised->log, raised->file, raised->number, line->level,
                  line->id, "%s", line->text);
    } else if (ago < TI_RATELIMIT_EARLIER) {
        ti_log_at(raised->log, raised->file, raised->number, line->level,
                  line->id, "%s (and %u more like it left out)", line->text,
                  left_out);
    } else {
        ti_log_at(raised->log, raised->file, raised->number, line->level,
                  line->id,
                  "%s (and %u more like it left out, at least %d minutes ago)",
                  line->text, left_out, (int)(apr_time_sec(ago) / 60));
    }
}
