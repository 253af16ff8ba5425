/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of metrics: a reload keeps it, a stop forgets it. And that
 * of the pace of log lines, which counts what it leaves out there; and what the
 * status page shows of the past.
 */
#ifndef MAI_METER_H
#define MAI_METER_H

#include <httpd.h>

#include "base/metric.h"
#include "base/world.h"

/* In post_config: make the metrics, or take over those of before a reload, with
 * room for so many rows that start needs, and more. The handle is in `pconf`.
 */
apr_status_t mai_meter_open(ti_metrics_t **metrics, const server_rec *s,
                            apr_uint32_t needed, apr_pool_t *pconf);

/* In post_config: the history of counts and the journal of refusals, made or
 * taken over. */
apr_status_t mai_meter_past(ti_world_t *world, const server_rec *s);

/* Random bytes (TI_SECRET_SIZE) that all processes have, over reloads: of the
 * status page's forms. NULL before post_config. */
const void *mai_meter_seed(void);

struct ti_ratelimit_t;

/* In post_config: the pace of log lines, of all processes of this generation.
 */
apr_status_t mai_meter_pace(struct ti_ratelimit_t **pace, apr_pool_t *pconf);

#endif
