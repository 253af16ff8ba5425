/* SPDX-License-Identifier: Apache-2.0
 *
 * The callers in line for permits of all servers, in order of arrival. In
 * shared memory, under the flights' lock.
 */
#ifndef TI_QUEUE_H
#define TI_QUEUE_H

#include <apr.h>
#include <apr_time.h>

/* Fair queuing: addresses of one lane share its turns. */
#define TI_QUEUE_LANES 256

/* The one who wants to ask. */
typedef struct ti_caller_t {
    apr_uint32_t server;
    apr_uint32_t lane;       /* any number: by its remainder */
    apr_uint32_t was_active; /* nonzero: about a token that was active */
    apr_uint32_t cap;        /* IntrospectCallsMax */
    apr_uint32_t extra;      /* permits beyond it, for a renewal */
    apr_uint32_t held; /* workers that wait for any server, this one too */
} ti_caller_t;

/* One caller in line; `slot` identifies it. */
typedef struct ti_ticket_t {
    apr_uint32_t slot;
    ti_caller_t caller;
    apr_interval_time_t limit; /* when its turn came, as of
                                  ti_admission_arrive */
} ti_ticket_t;

/* The process's handle. */
typedef struct ti_queue_t {
    ti_ticket_t *line;
    apr_uint32_t *length; /* in shared memory: read it by ti_queue_length */
    apr_uint32_t max;
} ti_queue_t;

/* How many callers are in line, whatever stands in memory at most `max`. */
apr_uint32_t ti_queue_length(const ti_queue_t *queue);

/* Append a caller. Zero: there is no room. */
int ti_queue_append(const ti_queue_t *queue, const ti_caller_t *caller,
                    apr_uint32_t slot);

/* Take out the caller at this index, which is below the length. */
ti_ticket_t ti_queue_remove(const ti_queue_t *queue, apr_uint32_t i);

/* The index of the caller of this slot; the length: it is not in line. */
apr_uint32_t ti_queue_find(const ti_queue_t *queue, apr_uint32_t slot);

/* How many callers of this one's lane are in line for its server. */
apr_uint32_t ti_queue_in_lane(const ti_queue_t *queue,
                              const ti_caller_t *caller);

#endif
