/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of metrics, of the history and journal behind the status
 * page, and of the rate limit of log lines. A reload keeps all but the last, a
 * stop drops them.
 */
#ifndef MAI_METER_H
#define MAI_METER_H

#include <httpd.h>

#include "base/metric.h"
#include "base/world.h"

/* In post_config: make the metrics, or take over those from before a reload.
 * There is room for the `needed` rows of the configuration and for more. The
 * handle is in `pconf`. */
apr_status_t mai_meter_open(ti_metrics_t **metrics, const server_rec *s,
                            apr_uint32_t needed, apr_pool_t *pconf);

/* In post_config: make or take over the history of counts and the journal of
 * refusals. */
apr_status_t mai_meter_past(ti_world_t *world, const server_rec *s);

/* TI_SECRET_SIZE random bytes for the form keys of the status page: the same in
 * all processes and after a reload. NULL before post_config. */
const void *mai_meter_seed(void);

struct ti_ratelimit_t;

/* In post_config: make the rate limit of log lines for all processes of this
 * generation. */
apr_status_t mai_meter_pace(struct ti_ratelimit_t **pace, apr_pool_t *pconf);

#endif
