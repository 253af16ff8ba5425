/* SPDX-License-Identifier: Apache-2.0 */
#include "base/count.h"

#include <string.h>
#include <unistd.h>

#include "base/atomic.h"

#define STRIPES 32 /* more than a usual httpd has processes */

/* Two cache lines: no other stripe's words in them. */
typedef struct stripe_t {
    apr_uint64_t values[16];
} __attribute__((aligned(64))) stripe_t;

struct ti_counts_t {
    stripe_t *stripes;
};

apr_size_t ti_counts_size(void)
{
    return STRIPES * sizeof(stripe_t);
}

apr_status_t ti_counts_open(ti_counts_t **counts, void *memory, int fresh,
                            apr_pool_t *p)
{
    *counts = apr_pcalloc(p, sizeof(**counts));
    (*counts)->stripes = memory;
    if (fresh) {
        memset(memory, 0, ti_counts_size());
    }
    return APR_SUCCESS;
}

void ti_count(ti_counts_t *counts, ti_counter_t counter)
{
    static __thread unsigned stripe;

    if (counts == NULL) {
        return;
    }
    if (stripe == 0) {
        stripe = 1 + (unsigned)getpid() % STRIPES;
    }
    __atomic_add_fetch(&counts->stripes[stripe - 1].values[counter], 1,
                       __ATOMIC_RELAXED);
}

apr_uint64_t ti_counts_sum(const ti_counts_t *counts, ti_counter_t counter)
{
    apr_uint64_t sum = 0;
    int i;

    for (i = 0; counts != NULL && i < STRIPES; i++) {
        sum += TI_LOAD(counts->stripes[i].values[counter]);
    }
    return sum;
}

const char *ti_counts_name(ti_counter_t counter)
{
    static const char *const names[TI_COUNTERS] = {
        "Hits",      "NegativeHits", "Misses",      "Waits",       "Asks",
        "Refreshes", "Stale",        "RefusedFull", "RefusedPaced"};

    return names[counter];
}
