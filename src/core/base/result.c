/* SPDX-License-Identifier: Apache-2.0 */
#include "base/result.h"

#include <apr_strings.h>

const char *ti_result_origin(const ti_result_t *result, apr_time_t now,
                             apr_pool_t *p)
{
    static const char *const words[] = {
        [TI_SOURCE_NONE] = "",
        [TI_SOURCE_ASKED] = ", asked now",
        [TI_SOURCE_WAITED] = ", from another request's question",
        [TI_SOURCE_REMEMBERED] = ", remembered",
        [TI_SOURCE_STALE] = ", stale",
    };
    apr_time_t age = now - result->answered;

    if (result->answered == 0) {
        return "";
    }
    if (result->source < TI_SOURCE_REMEMBERED) {
        return words[result->source];
    }
    if (age < 0) {
        age = 0; /* another machine's clock is ahead */
    }
    return apr_psprintf(p, "%s, %" APR_TIME_T_FMT " s old",
                        words[result->source], apr_time_sec(age));
}
