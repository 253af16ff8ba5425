/* SPDX-License-Identifier: Apache-2.0
 *
 * SetHandler introspect-metrics: what is counted, for Prometheus. Any process
 * answers for all.
 */
#ifndef MAI_METRICS_H
#define MAI_METRICS_H

#include <httpd.h>

/* SetHandler introspect-metrics, see handler.h: GET and HEAD. */
int mai_metrics_handle(request_rec *r);

#endif
