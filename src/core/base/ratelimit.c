/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ratelimit.h"

#include <apr_hash.h>

#define MESSAGES 100 /* ids below this are paced, see messages.h */

typedef struct lane_t {
    apr_time_t next;       /* no line before this moment */
    apr_uint32_t left_out; /* since the last line */
} lane_t;

/* Where a line goes, and where it was raised. */
typedef struct place_t {
    const ti_log_t *log;
    const char *file;
    int number;
} place_t;

struct ti_ratelimit_t {
    lane_t lanes[MESSAGES][TI_RATELIMIT_SUBJECTS];
};

static void tell(const place_t *place, const ti_line_t *line,
                 apr_uint32_t left_out, apr_interval_time_t ago);

ti_ratelimit_t *ti_ratelimit_create(apr_pool_t *p)
{
    return apr_pcalloc(p, sizeof(ti_ratelimit_t));
}

void ti_ratelimit_log_at(ti_ratelimit_t *limit, const char *file, int number,
                         apr_time_t now, const ti_log_t *log,
                         const ti_line_t *line)
{
    place_t place = {log, file, number};
    apr_ssize_t whole = APR_HASH_KEY_STRING;
    lane_t *lane;
    apr_time_t next;
    apr_uint32_t left_out;

    if (!ti_log_on(log, line->level)) {
        return;
    }
    if (limit == NULL || line->id < 0 || line->id >= MESSAGES) {
        tell(&place, line, 0, 0);
        return;
    }

    lane = &limit->lanes[line->id][apr_hashfunc_default(line->subject, &whole) %
                                   TI_RATELIMIT_SUBJECTS];
    next = __atomic_load_n(&lane->next, __ATOMIC_RELAXED);
    if (now < next || !__atomic_compare_exchange_n(
                          &lane->next, &next, now + TI_RATELIMIT_INTERVAL, 0,
                          __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        __atomic_add_fetch(&lane->left_out, 1, __ATOMIC_RELAXED);
        return;
    }
    left_out = __atomic_exchange_n(&lane->left_out, 0, __ATOMIC_RELAXED);
    tell(&place, line, left_out, now - next);
}

/* `ago`: since the interval in which they were left out. */
static void tell(const place_t *place, const ti_line_t *line,
                 apr_uint32_t left_out, apr_interval_time_t ago)
{
    if (left_out == 0) {
        ti_log_at(place->log, place->file, place->number, line->level, line->id,
                  "%s", line->text);
    } else if (ago < TI_RATELIMIT_EARLIER) {
        ti_log_at(place->log, place->file, place->number, line->level, line->id,
                  "%s (and %u more like it left out)", line->text, left_out);
    } else {
        ti_log_at(place->log, place->file, place->number, line->level, line->id,
                  "%s (and %u more like it left out, at least %d minutes ago)",
                  line->text, left_out, (int)(apr_time_sec(ago) / 60));
    }
}
