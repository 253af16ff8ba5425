/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/queue.h"

#include <string.h>

apr_uint32_t ti_queue_length(const ti_queue_t *queue)
{
    return *queue->length < queue->max ? *queue->length : queue->max;
}

int ti_queue_append(const ti_queue_t *queue, const ti_caller_t *caller,
                    apr_uint32_t slot)
{
    apr_uint32_t length = ti_queue_length(queue);

    if (length >= queue->max) {
        return 0;
    }
    queue->line[length] = (ti_ticket_t){slot, *caller, 0};
    *queue->length = length + 1;
    return 1;
}

ti_ticket_t ti_queue_remove(const ti_queue_t *queue, apr_uint32_t i)
{
    ti_ticket_t removed = queue->line[i];
    apr_uint32_t length = ti_queue_length(queue) - 1;

    *queue->length = length;
    memmove(&queue->line[i], &queue->line[i + 1],
            (length - i) * sizeof(*queue->line));
    return removed;
}

apr_uint32_t ti_queue_find(const ti_queue_t *queue, apr_uint32_t slot)
{
    apr_uint32_t i = 0;

    while (i < ti_queue_length(queue) && queue->line[i].slot != slot) {
        i++;
    }
    return i;
}

apr_uint32_t ti_queue_in_lane(const ti_queue_t *queue,
                              const ti_caller_t *caller)
{
    apr_uint32_t count = 0;
    apr_uint32_t i;

    for (i = 0; i < ti_queue_length(queue); i++) {
        const ti_caller_t *other = &queue->line[i].caller;

        count += other->server == caller->server &&
                 other->was_active == caller->was_active &&
                 other->lane % TI_QUEUE_LANES == caller->lane % TI_QUEUE_LANES;
    }
    return count;
}
