/* SPDX-License-Identifier: Apache-2.0
 *
 * The health of a store, as this process has seen it. After a failure calls
 * pause for a while (backoff.h), and the log says why.
 */
#ifndef MAI_HEALTH_H
#define MAI_HEALTH_H

#include <apr_errno.h>

#include "base/backoff.h"
#include "base/world.h"
#include "store/async.h"

typedef struct mai_health_t {
    const char *name; /* of the store, as IntrospectCache has it */
    int is_local;     /* inside this httpd: it cannot hang, and a value too
                         large, or a full store, is not cured by a pause */
    const ti_world_t *world;
    ti_backoff_t backoff;
} mai_health_t;

/* One call, from admission to outcome. */
typedef struct mai_attempt_t {
    apr_time_t start;    /* steady */
    apr_time_t admitted; /* by the backoff */
} mai_attempt_t;

/* May a call be made now? A call that is admitted has to be judged. */
int mai_health_admits(mai_attempt_t *attempt, mai_health_t *health);

/* Judge a call by its status. After a failure, or a call that took longer than
 * MAI_HEALTH_SLOW, calls pause. `what` names the operation in the log, as in
 * "read from". */
#define MAI_HEALTH_SLOW apr_time_from_msec(250)
void mai_health_judge(mai_health_t *health, const mai_attempt_t *attempt,
                      const mai_async_t *call, apr_status_t rv,
                      const char *what);

/* Log that a value is refused, which is no failure of the store. */
void mai_health_refuse(const mai_health_t *health, const char *why);

#endif
