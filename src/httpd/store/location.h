/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a Redis is, as IntrospectCache names it:
 *
 *     redis:[USER@]HOST[:PORT][,HOST[:PORT] ...][/DATABASE]
 *     redis:[USER@]unix:/PATH[?db=DATABASE]
 *
 * Several addresses are one Redis that moves: the first that takes writes is
 * used. An IPv6 address stands in brackets.
 */
#ifndef MAI_LOCATION_H
#define MAI_LOCATION_H

#include <apr_pools.h>
#include <apr_tables.h>

#define MAI_LOCATION_PORT 6379
#define MAI_LOCATION_HOSTS 8 /* addresses of one Redis, at most */

typedef struct mai_host_t {
    const char *name;
    int port;
    int is_numeric; /* an address: nobody is asked where it is */
} mai_host_t;

typedef struct mai_location_t {
    const char *user;     /* of its ACL; NULL: its default user */
    const char *path;     /* of a socket of this machine; or NULL */
    const char *database; /* its number; NULL: 0 */
    mai_host_t hosts[MAI_LOCATION_HOSTS];
    unsigned int count; /* of hosts; with a socket 1, without a host */
} mai_location_t;

/* Read `text`, what follows "redis:", into *location, in `p`. NULL, or a
 * complaint that says what to write. */
const char *mai_location_read(mai_location_t *location, const char *text,
                              apr_pool_t *p);

#endif
