/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/pace.h"

#include <string.h>

#include "base/atomic.h"

#define WHOLE 256 /* parts of a permit */

/* A mean over so many answers. */
#define WEIGHT 16

/* Slower answers than this make it slow. */
#define SLOW apr_time_from_msec(250)

/* In silence one question of so many has all its time: otherwise a server that
 * became slow would stay silent for us. */
#define WHOLE_PROBES 4

static void slow_down(ti_pace_t *pace, ti_mode_t mode, apr_time_t now);
static int is_in_doubt(const ti_pace_t *pace, apr_time_t now);
static void learn_answer(ti_pace_t *pace, const ti_sample_t *sample,
                         apr_time_t now);
static void learn_time(ti_pace_t *pace, const ti_sample_t *sample);
static void learn_response(ti_pace_t *pace, apr_time_t now);
static void learn_trouble(ti_pace_t *pace, apr_time_t now);
static void learn_timeout(ti_pace_t *pace, apr_time_t now);
static void cut(ti_pace_t *pace, apr_uint32_t most, apr_time_t now);
static void grow(ti_pace_t *pace, const ti_sample_t *sample, apr_time_t now);
static apr_uint32_t parts(const ti_pace_t *pace, apr_uint32_t most);
static apr_interval_time_t time_limit(const ti_pace_t *pace);

apr_uint32_t ti_pace_permits(const ti_pace_t *pace, apr_uint32_t most,
                             apr_time_t now)
{
    apr_uint32_t permits = parts(pace, most) / WHOLE;
    apr_uint32_t withheld = now < pace->withheld_until ? pace->withheld : 0;

    permits = permits < most ? permits : most;
    if (permits > withheld) {
        return permits - withheld;
    }
    return most > 0 ? 1 : 0;
}

int ti_pace_admits(const ti_pace_t *pace, int was_active, apr_time_t now)
{
    return pace->mode == TI_MODE_NORMAL ||
           now >= ti_pace_next(pace, was_active);
}

apr_time_t ti_pace_next(const ti_pace_t *pace, int was_active)
{
    return pace->next[was_active != 0];
}

apr_interval_time_t ti_pace_sent(ti_pace_t *pace, int was_active,
                                 apr_uint32_t in_flight, apr_uint32_t most,
                                 apr_time_t now)
{
    switch (pace->mode) {
    case TI_MODE_DOUBT:
        pace->next[was_active != 0] = now + TI_PACE_DOUBT;
        return 0;
    case TI_MODE_SILENT:
        pace->next[0] = now + TI_PACE_SILENT;
        pace->next[1] = now + TI_PACE_SILENT;
        pace->probes++;
        return pace->probes % WHOLE_PROBES != 0 ? time_limit(pace) : 0;
    default:
        return 2 * WHOLE * in_flight > parts(pace, most) ? time_limit(pace) : 0;
    }
}

void ti_pace_learn(ti_pace_t *pace, const ti_sample_t *sample, apr_time_t now)
{
    switch (sample->feedback) {
    case TI_FEEDBACK_ACTIVE:
    case TI_FEEDBACK_INACTIVE:
        learn_answer(pace, sample, now);
        break;
    case TI_FEEDBACK_OVERLOAD:
        cut(pace, sample->most, now);
        learn_trouble(pace, now);
        break;
    case TI_FEEDBACK_TROUBLE:
        learn_trouble(pace, now);
        break;
    case TI_FEEDBACK_OTHER:
        learn_response(pace, now);
        break;
    case TI_FEEDBACK_TIMEOUT:
    case TI_FEEDBACK_UNCONNECTED:
        /* one token that hangs tells nothing where others are answered */
        if (sample->took >= TI_PACE_TIMEOUT_MIN &&
            pace->responded < sample->began) {
            learn_timeout(pace, now);
        }
        break;
    case TI_FEEDBACK_UNSENT:
        learn_timeout(pace, now);
        break;
    default:
        break;
    }
}

int ti_pace_slow(const ti_pace_t *pace)
{
    return pace->latency > SLOW;
}

void ti_pace_forget(ti_pace_t *pace)
{
    TI_STORE(pace->mode, TI_MODE_NORMAL);
    TI_STORE(pace->latency, 0);
    memset(&pace->permits, 0, sizeof(*pace) - APR_OFFSETOF(ti_pace_t, permits));
}

static void slow_down(ti_pace_t *pace, ti_mode_t mode, apr_time_t now)
{
    if (pace->mode == TI_MODE_NORMAL) {
        apr_interval_time_t first =
            mode == TI_MODE_DOUBT ? TI_PACE_DOUBT : TI_PACE_SILENT;

        pace->next[0] = now + first;
        pace->next[1] = now + first;
    }
    TI_STORE(pace->mode, mode);
}

static int is_in_doubt(const ti_pace_t *pace, apr_time_t now)
{
    return pace->answered == 0 || now - pace->answered > TI_PACE_DOUBT_AFTER;
}

/* It is well, whatever was before. */
static void learn_answer(ti_pace_t *pace, const ti_sample_t *sample,
                         apr_time_t now)
{
    apr_uint32_t at_least = WHOLE * (sample->in_flight + TI_PACE_FLOOR);

    learn_time(pace, sample);
    pace->responded = now;
    pace->answered = now;
    pace->unanswered = 0;
    if (pace->mode != TI_MODE_NORMAL) {
        TI_STORE(pace->mode, TI_MODE_NORMAL);
        if (pace->permits != 0 && pace->permits < at_least) {
            pace->permits = at_least;
        }
    }
    if (2 * WHOLE * (sample->in_flight + 1) >= parts(pace, sample->most) ||
        sample->waiting > 0) {
        grow(pace, sample, now);
    }
}

/* A mean, so that a few slow answers do not raise the limit; of active answers
 * as soon as there is one, so that nobody can choose the time. */
static void learn_time(ti_pace_t *pace, const ti_sample_t *sample)
{
    apr_interval_time_t *mean = sample->feedback == TI_FEEDBACK_ACTIVE
                                    ? &pace->latency
                                    : &pace->latency_inactive;
    apr_interval_time_t took = sample->took > 0 ? sample->took : 1;

    TI_STORE(*mean, *mean == 0 ? took : *mean + (took - *mean) / WEIGHT);
}

/* It is there, which ends silence; whether it answers about tokens is not
 * known, so a doubt stays. */
static void learn_response(ti_pace_t *pace, apr_time_t now)
{
    pace->responded = now;
    pace->unanswered = 0;
    if (pace->mode == TI_MODE_SILENT) {
        TI_STORE(pace->mode, TI_MODE_NORMAL);
    }
}

static void learn_trouble(ti_pace_t *pace, apr_time_t now)
{
    pace->responded = now;
    pace->unanswered = 0;
    if (is_in_doubt(pace, now)) {
        slow_down(pace, TI_MODE_DOUBT, now);
    } else {
        TI_STORE(pace->mode, TI_MODE_NORMAL); /* it is not silent any more */
    }
}

static void learn_timeout(ti_pace_t *pace, apr_time_t now)
{
    if (pace->unanswered < TI_PACE_SILENT_AFTER) {
        pace->unanswered++;
    }
    if (pace->unanswered == TI_PACE_SILENT_AFTER) {
        slow_down(pace, TI_MODE_SILENT, now);
    }
}

/* It has too many. The permit of a question that was pushed back is withheld,
 * so that the next one is not pushed back at once. */
static void cut(ti_pace_t *pace, apr_uint32_t most, apr_time_t now)
{
    apr_uint32_t floor = most < TI_PACE_FLOOR ? most : TI_PACE_FLOOR;

    if (pace->cut == 0 || now - pace->cut >= TI_PACE_WITHHOLD) {
        apr_uint32_t less = parts(pace, most) / 4 * 3;

        pace->permits = less > WHOLE * floor ? less : WHOLE * floor;
        pace->cut = now;
    }
    if (now >= pace->withheld_until) {
        pace->withheld_until = now + TI_PACE_WITHHOLD;
        pace->withheld = 0;
    }
    pace->withheld++;
}

/* Slower while a cut is not long ago. */
static void grow(ti_pace_t *pace, const ti_sample_t *sample, apr_time_t now)
{
    apr_uint32_t permits = parts(pace, sample->most) / WHOLE;
    int is_recent = pace->cut != 0 && now - pace->cut <= TI_PACE_DOUBT_AFTER;
    apr_uint32_t more =
        is_recent ? (WHOLE + permits - 1) / (permits + !permits) : WHOLE;

    if (pace->permits != 0 && pace->permits < WHOLE * sample->most) {
        pace->permits = pace->permits + more < WHOLE * sample->most
                            ? pace->permits + more
                            : WHOLE * sample->most;
    }
}

static apr_uint32_t parts(const ti_pace_t *pace, apr_uint32_t most)
{
    return pace->permits != 0 && pace->permits < WHOLE * most ? pace->permits
                                                              : WHOLE * most;
}

/* So that tokens that hang do not hold all permits. */
static apr_interval_time_t time_limit(const ti_pace_t *pace)
{
    apr_interval_time_t latency =
        pace->latency != 0 ? pace->latency : pace->latency_inactive;
    apr_interval_time_t most = TI_PACE_LIMIT * latency;

    if (latency == 0) {
        return 0;
    }
    return most > TI_PACE_LIMIT_MIN ? most : TI_PACE_LIMIT_MIN;
}
