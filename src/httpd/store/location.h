/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a Redis is, as IntrospectCache names it:
 *
 *     redis:[USER@]HOST[:PORT][,HOST[:PORT] ...][/DATABASE]
 *     redis:[USER@]unix:/PATH[?db=DATABASE]
 *     redis-sentinel:[USER@]HOST[:PORT][,HOST[:PORT] ...]/NAME[/DATABASE]
 *
 * Several addresses are one Redis that moves: the first that takes writes is
 * used. An IPv6 address stands in brackets. With redis-sentinel the hosts are
 * Sentinels, who know where the primary called NAME is.
 */
#ifndef MAI_LOCATION_H
#define MAI_LOCATION_H

#include <apr_pools.h>
#include <apr_tables.h>

#define MAI_LOCATION_PORT 6379
#define MAI_LOCATION_SENTINEL 26379
#define MAI_LOCATION_HOSTS 8      /* addresses of one Redis, at most */
#define MAI_LOCATION_HOST_MAX 255 /* bytes of a name of a host */

typedef struct mai_host_t {
    const char *name;
    int port;
    int is_numeric; /* an address: nobody is asked where it is */
} mai_host_t;

typedef struct mai_location_t {
    const char *user;     /* of its ACL; NULL: its default user */
    const char *path;     /* of a socket of this machine; or NULL */
    const char *database; /* its number; NULL: 0 */
    const char *primary;  /* as Sentinels call it; NULL: the hosts are the
                             Redis itself */
    mai_host_t hosts[MAI_LOCATION_HOSTS];
    unsigned int count; /* of hosts; with a socket 1, without a host */
} mai_location_t;

/* Read `text`, what follows "redis:", into *location, in `p`. NULL, or a
 * complaint that says what to write. */
const char *mai_location_read(mai_location_t *location, const char *text,
                              apr_pool_t *p);

/* The same, of what follows "redis-sentinel:". */
const char *mai_location_read_sentinels(mai_location_t *location,
                                        const char *text, apr_pool_t *p);

/* An address of digits, or a name? */
int mai_location_is_numeric(const char *name);

#endif
