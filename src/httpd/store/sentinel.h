/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a Redis is that may fail over: what a Sentinel says of it
 * (SENTINEL get-master-addr-by-name).
 */
#ifndef MAI_SENTINEL_H
#define MAI_SENTINEL_H

#include "store/link.h"
#include "store/location.h"

typedef struct mai_primary_t {
    char name[MAI_LOCATION_HOST_MAX + 1]; /* of the host */
    int port;
} mai_primary_t;

/* Ask over a new connection to a Sentinel where the primary called `name` is,
 * until `until` of the steady clock. `password` is the Sentinels' own, or NULL.
 * A failure's reason is in `why`, of `room` bytes, where more is known of it
 * than its status. */
apr_status_t mai_sentinel_ask(mai_primary_t *primary, mai_link_t *link,
                              const char *name, const char *password,
                              apr_time_t until, char *why, apr_size_t room);

#endif
