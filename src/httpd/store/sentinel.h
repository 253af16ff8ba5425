/* SPDX-License-Identifier: Apache-2.0
 * The address of a Redis that may fail over, as a Sentinel gives it (SENTINEL
 * get-master-addr-by-name).
 */
#ifndef MAI_SENTINEL_H
#define MAI_SENTINEL_H

#include "store/link.h"
#include "store/location.h"

typedef struct mai_primary_t {
    char name[MAI_LOCATION_HOST_MAX + 1]; /* of the host */
    int port;
} mai_primary_t;

/* What a Sentinel is asked about, and how it lets us in. */
typedef struct mai_watched_t {
    const char *name;     /* of the primary, as the Sentinels call it */
    const char *password; /* the Sentinels' own, or NULL */
} mai_watched_t;

/* Ask over a new connection to a Sentinel where the primary is, until `until`
 * of the steady clock. A failure's reason is in `why`, of `room` bytes, where
 * more is known of it than its status. */
apr_status_t mai_sentinel_ask(mai_primary_t *primary, mai_link_t *link,
                              const mai_watched_t *watched, apr_time_t until,
                              char *why, apr_size_t room);

#endif
