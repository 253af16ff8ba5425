/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters for all processes, in shared memory: relaxed additions, no locks,
 * spread over stripes, so that processes do not contend for one cache line.
 */
#ifndef TI_COUNT_H
#define TI_COUNT_H

#include <apr_pools.h>

typedef enum ti_counter_t {
    TI_COUNT_HITS = 0,
    TI_COUNT_NEGATIVE_HITS,
    TI_COUNT_MISSES,
    TI_COUNT_WAITS,     /* waited for another request's question */
    TI_COUNT_ASKS,      /* questions sent to an authorization server */
    TI_COUNT_REFRESHES, /* answers renewed in the background */
    TI_COUNT_STALE,     /* served under IntrospectStaleIfError */
    TI_COUNT_REFUSED_FULL,
    TI_COUNT_REFUSED_PACED,
    TI_COUNTERS
} ti_counter_t;

typedef struct ti_counts_t ti_counts_t;

/* Bytes of shared memory that the counters need. */
apr_size_t ti_counts_size(void);

/* Make (`fresh` nonzero: zero them) or take over the counters at `memory`,
 * which is shared and aligned to 64. The handle is in `p`. */
apr_status_t ti_counts_open(ti_counts_t **counts, void *memory, int fresh,
                            apr_pool_t *p);

/* Count one; a NULL handle counts nothing. */
void ti_count(ti_counts_t *counts, ti_counter_t counter);

/* The sum over all processes since start. */
apr_uint64_t ti_counts_sum(const ti_counts_t *counts, ti_counter_t counter);

/* The counter's name, for a status page. */
const char *ti_counts_name(ti_counter_t counter);

#endif
