/* SPDX-License-Identifier: Apache-2.0 */
#include "pace.h"

#include <apr_hash.h>

#define MESSAGES 100 /* ids below this are paced, see messages.h */

typedef struct lane_t {
    apr_time_t next;       /* no line before this moment */
    apr_uint32_t left_out; /* since the last line */
} lane_t;

struct ti_pace_t {
    lane_t lanes[MESSAGES][TI_PACE_SUBJECTS];
};

ti_pace_t *ti_pace_create(apr_pool_t *p)
{
    return apr_pcalloc(p, sizeof(ti_pace_t));
}

void ti_pace_log(ti_pace_t *pace, apr_time_t now, const ti_log_t *log,
                 const ti_line_t *line)
{
    apr_ssize_t whole = APR_HASH_KEY_STRING;
    lane_t *lane;
    apr_time_t next;
    apr_uint32_t left_out;

    if (!ti_log_on(log, line->level)) {
        return;
    }
    if (pace == NULL || line->id < 0 || line->id >= MESSAGES) {
        ti_log(log, line->level, line->id, "%s", line->text);
        return;
    }

    lane = &pace->lanes[line->id][apr_hashfunc_default(line->subject, &whole) %
                                  TI_PACE_SUBJECTS];
    next = __atomic_load_n(&lane->next, __ATOMIC_RELAXED);
    if (now < next ||
        !__atomic_compare_exchange_n(&lane->next, &next, now + TI_PACE_INTERVAL,
                                     0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        __atomic_add_fetch(&lane->left_out, 1, __ATOMIC_RELAXED);
        return;
    }
    left_out = __atomic_exchange_n(&lane->left_out, 0, __ATOMIC_RELAXED);
    if (left_out > 0) {
        ti_log(log, line->level, line->id, "%s (and %u more like it left out)",
               line->text, left_out);
    } else {
        ti_log(log, line->level, line->id, "%s", line->text);
    }
}
