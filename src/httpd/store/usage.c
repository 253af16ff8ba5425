/* SPDX-License-Identifier: Apache-2.0 */
#include "store/usage.h"

#include "base/metric.h"

void mai_usage_open(mai_usage_t *usage, const ti_world_t *world,
                    const char *name)
{
    usage->world = world;
    usage->row = ti_metrics_find(world->metrics, TI_METRIC_STORE, name, "",
                                 world->clock());
}

void mai_usage_count(const mai_usage_t *usage, int operation, apr_status_t rv,
                     apr_time_t start)
{
    const ti_world_t *world = usage->world;
    int end = TI_STORE_FAILED;

    if (rv == APR_SUCCESS) {
        end = TI_STORE_DONE;
    } else if (rv == APR_NOTFOUND) {
        end = TI_STORE_NOT_FOUND;
    }
    ti_metric_add(world->metrics, usage->row,
                  TI_WORD_OPERATION + operation * TI_STORE_ENDS + end, 1);
    ti_metric_time(world->metrics, usage->row,
                   TI_WORD_OPERATION_TOOK + operation * TI_METRIC_HISTOGRAM,
                   world->steady() - start);
    ti_metric_set(world->metrics, usage->row, TI_GAUGE_IS_UP,
                  end == TI_STORE_FAILED ? 2 : 1);
}
