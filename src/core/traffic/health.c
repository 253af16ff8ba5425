/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/health.h"

#include <string.h>

#define LOAD(word) __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

/* No moment that is set here is further away than this. */
#define FAR (2 * TI_BREAKER_ASKED_MAX)

/* Why it is shut. By statuses only: whoever makes up tokens that the server
 * fails over can bring that about, so it must not cost others much. */
enum { OPEN = 0, BY_STATUS, BY_SILENCE };

static int ahead(apr_time_t moment, apr_time_t now);
static apr_time_t later(apr_time_t old, apr_time_t moment, apr_time_t now);
static void count(ti_health_t *health, const ti_breaker_event_t *event);
static int enough(const ti_health_t *health);
static void add_token(ti_health_t *health, const ti_breaker_event_t *event);
static ti_change_t shut(ti_health_t *health, apr_uint32_t why, apr_time_t until,
                        apr_time_t now);
static apr_interval_time_t pause_of(const ti_health_t *health, apr_uint32_t why,
                                    apr_uint32_t random);

/* `until` stays, as in ti_health_succeed. */
void ti_health_reset(ti_health_t *health)
{
    STORE(health->failures, 0);
    STORE(health->unheard, 0);
    health->times = 0;
    health->asked = 0;
    memset(health->keys, 0, sizeof(health->keys));
    STORE(health->wait, 0);
    STORE(health->shut, OPEN);
    STORE(health->probe, 0);
}

ti_gate_t ti_health_ask(ti_health_t *health, const ti_breaker_ask_t *ask,
                        apr_interval_time_t *retry_after)
{
    apr_time_t probe = LOAD(health->probe);
    apr_uint32_t why = LOAD(health->shut);
    apr_interval_time_t lease =
        ask->lease > TI_BREAKER_PROBE ? ask->lease : TI_BREAKER_PROBE;
    apr_time_t until;

    *retry_after = 0;
    if (why == OPEN) {
        return TI_GATE_OPEN;
    }
    until = LOAD(health->until);
    if (ahead(until, ask->now) && !(ask->known && why == BY_STATUS)) {
        *retry_after = until - ask->now;
        return TI_GATE_SHUT;
    }
    if (!ahead(probe, ask->now) &&
        __atomic_compare_exchange_n(&health->probe, &probe, ask->now + lease, 0,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        return TI_GATE_PROBE;
    }
    *retry_after = TI_BREAKER_FIRST;
    return TI_GATE_SHUT;
}

/* The wait goes up at once, down by an eighth of the way each time. */
int ti_health_note(ti_health_t *health, const ti_breaker_event_t *event)
{
    apr_interval_time_t old = LOAD(health->wait);
    apr_interval_time_t took = event->took;

    if (took != old) {
        STORE(health->wait, took > old ? took : old - (old - took + 7) / 8);
    }
    return LOAD(health->failures) > 0 || LOAD(health->shut) != OPEN;
}

/* `until` stays: whoever still sees it shut must not take it for a pause that
 * is over. */
ti_change_t ti_health_succeed(ti_health_t *health, apr_time_t now)
{
    int was_shut = health->shut != OPEN;

    STORE(health->failures, 0);
    STORE(health->unheard, 0);
    health->times = 0;
    memset(health->keys, 0, sizeof(health->keys));
    if (ahead(health->asked, now)) {
        return TI_CHANGE_NONE; /* it was on its way when the server asked */
    }
    health->asked = 0;
    STORE(health->shut, OPEN);
    STORE(health->probe, 0);
    return was_shut ? TI_CHANGE_OPENED : TI_CHANGE_NONE;
}

/* While it is shut, of all failures only a probe's says something new: the
 * others were on their way when it shut. */
ti_change_t ti_health_fail(ti_health_t *health, const ti_breaker_event_t *event)
{
    int was_shut = health->shut != OPEN;
    apr_interval_time_t asked = event->retry_after < TI_BREAKER_ASKED_MAX
                                    ? event->retry_after
                                    : TI_BREAKER_ASKED_MAX;
    apr_interval_time_t pause = 0;
    apr_uint32_t why;

    if (!was_shut || event->probe) {
        count(health, event);
    }
    why = health->shut == BY_SILENCE || health->unheard > 0 || asked > 0
              ? BY_SILENCE
              : BY_STATUS;
    if (was_shut ? event->probe : enough(health)) {
        pause = pause_of(health, why, event->random);
        health->times++;
    }
    if (asked > 0) {
        health->asked = later(health->asked, event->now + asked, event->now);
        pause = asked > pause ? asked : pause;
    }
    return pause > 0 ? shut(health, why, event->now + pause, event->now)
                     : TI_CHANGE_NONE;
}

void ti_health_state(const ti_health_t *health, apr_time_t now,
                     ti_breaker_state_t *state)
{
    int is_shut = LOAD(health->shut) != OPEN;
    apr_time_t until = LOAD(health->until);

    state->failures = LOAD(health->failures);
    state->shut_for = is_shut && ahead(until, now) ? until - now : 0;
    state->gate = !is_shut               ? TI_GATE_OPEN
                  : state->shut_for != 0 ? TI_GATE_SHUT
                                         : TI_GATE_PROBE;
}

/* Is this moment still to come? One that is too far away was set before the
 * clock was set back. */
static int ahead(apr_time_t moment, apr_time_t now)
{
    return moment > now && moment - now < FAR;
}

/* The later one of two, if the old one is still to come. */
static apr_time_t later(apr_time_t old, apr_time_t moment, apr_time_t now)
{
    return ahead(old, now) && old > moment ? old : moment;
}

static void count(ti_health_t *health, const ti_breaker_event_t *event)
{
    add_token(health, event);
    if (health->failures < APR_INT32_MAX) {
        STORE(health->failures, health->failures + 1);
        STORE(health->unheard, health->unheard + (event->spoke ? 0 : 1));
    }
}

/* Does what was counted shut it? */
static int enough(const ti_health_t *health)
{
    return health->failures >= TI_BREAKER_FAILURES &&
           health->keys[TI_BREAKER_TOKENS - 1] != 0;
}

/* Remember the token. What was never sent is no token's fault: it counts as
 * if it were one more. */
static void add_token(ti_health_t *health, const ti_breaker_event_t *event)
{
    apr_uint64_t name;
    int i;

    memcpy(&name, event->key->bytes, sizeof(name));
    name |= 1; /* zero stands for none */
    for (i = 0; i < TI_BREAKER_TOKENS; i++) {
        if (health->keys[i] == 0) {
            health->keys[i] = name;
            return;
        }
        if (health->keys[i] == name && !event->unsent) {
            return;
        }
    }
}

/* Shut it until then; a later end that was set before stays. */
static ti_change_t shut(ti_health_t *health, apr_uint32_t why, apr_time_t until,
                        apr_time_t now)
{
    int was_shut = health->shut != OPEN;

    STORE(health->until, was_shut ? later(health->until, until, now) : until);
    STORE(health->shut, why);
    STORE(health->probe, 0);
    return was_shut ? TI_CHANGE_NONE : TI_CHANGE_SHUT;
}

static apr_interval_time_t pause_of(const ti_health_t *health, apr_uint32_t why,
                                    apr_uint32_t random)
{
    apr_uint32_t doublings = health->times < 5 ? health->times : 5;
    apr_interval_time_t last =
        why == BY_STATUS ? TI_BREAKER_LAST_STATUS : TI_BREAKER_LAST;
    apr_interval_time_t pause = TI_BREAKER_FIRST << doublings;

    if (pause > last) {
        pause = last;
    }
    return pause * (80 + random % 41) / 100;
}
