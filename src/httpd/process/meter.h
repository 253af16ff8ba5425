/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of metrics: a reload keeps it, a stop forgets it. And that
 * of the pace of log lines, which counts what it leaves out there.
 */
#ifndef MAI_METER_H
#define MAI_METER_H

#include <httpd.h>

#include "base/metric.h"

/* In post_config: make the metrics, or take over those of before a reload, with
 * room for so many rows that start needs, and more. The handle is in `pconf`.
 */
apr_status_t mai_meter_open(ti_metrics_t **metrics, const server_rec *s,
                            apr_uint32_t needed, apr_pool_t *pconf);

struct ti_ratelimit_t;

/* In post_config: the pace of log lines, of all processes of this generation.
 */
apr_status_t mai_meter_pace(struct ti_ratelimit_t **pace, apr_pool_t *pconf);

#endif
