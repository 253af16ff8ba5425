/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared memory of metrics: a reload keeps it, a stop forgets it.
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

#endif
