/* SPDX-License-Identifier: Apache-2.0 */
#include "store/health.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/ratelimit.h"

static void warn(const mai_health_t *health, int id, const char *text);

int mai_health_admits(mai_attempt_t *attempt, mai_health_t *health)
{
    attempt->start = ti_clock_steady();
    return ti_backoff_admits(&attempt->admitted, &health->backoff,
                             attempt->start);
}

void mai_health_judge(mai_health_t *health, const mai_attempt_t *attempt,
                      const mai_async_t *call, apr_status_t rv,
                      const char *what)
{
    apr_time_t now = ti_clock_steady();
    apr_interval_time_t took = now - attempt->start;
    apr_interval_time_t length;
    char reason[160];
    char words[400];

    if (health->is_local) {
        return;
    }
    if (rv == APR_SUCCESS && took < MAI_HEALTH_SLOW) {
        ti_backoff_reset(&health->backoff, attempt->admitted);
        return;
    }
    rv = rv == APR_SUCCESS ? APR_TIMEUP : rv; /* there, but too late */
    length = ti_backoff_fail(&health->backoff, attempt->admitted, now);
    if (length == 0) {
        return;
    }
    if (rv == MAI_ASYNC_CLOGGED) {
        apr_snprintf(words, sizeof(words),
                     "Could not %s the store %s of IntrospectCache: %d calls "
                     "to it hang, and this process makes no more; look at the "
                     "store, then restart httpd gracefully",
                     what, health->name, MAI_ASYNC_ABANDONED);
    } else {
        mai_async_describe(reason, sizeof(reason), call, rv);
        apr_snprintf(words, sizeof(words),
                     "Could not %s the store %s of IntrospectCache (%s, after "
                     "%d ms): it is left alone for %d s",
                     what, health->name, reason, (int)apr_time_as_msec(took),
                     (int)apr_time_sec(length));
    }
    warn(health, TI_MSG_STORE_FAILED, words);
}

void mai_health_refuse(const mai_health_t *health, const char *why)
{
    char words[200];

    apr_snprintf(words, sizeof(words),
                 "Rejected an entry of the store %s of IntrospectCache: %s",
                 health->name, why);
    warn(health, TI_MSG_STORE_REFUSED, words);
}

static void warn(const mai_health_t *health, int id, const char *text)
{
    ti_line_t line = {TI_LOG_WARNING, id, health->name, text};

    ti_ratelimit_log(health->world->ratelimit, health->world->steady(),
                     health->world->log, &line);
}
