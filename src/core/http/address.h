/* SPDX-License-Identifier: Apache-2.0
 *
 * Where something of an authorization server is: a URL, or a URL behind a
 * socket of this machine, written as httpd's ProxyPass writes it:
 * unix:/PATH|http://HOST/PATH.
 */
#ifndef TI_ADDRESS_H
#define TI_ADDRESS_H

#include <apr_pools.h>
#include <apr_tables.h>

/* May it be asked? NULL, or a complaint in `p`: https, http to loopback or
 * over a socket, or http elsewhere where that is allowed; no fragment, no
 * credentials in it, a port that there is, no broken escape, and a host that
 * libcurl reads as we do. Credentials are never repeated. */
const char *ti_address_complaint(const char *address, int allow_insecure,
                                 apr_pool_t *p);

/* The path of the socket, in `p`, or NULL where it goes over TCP. */
const char *ti_address_socket(const char *address, apr_pool_t *p);

/* The same without its query, which may hold what no log should, in `p`. */
const char *ti_address_shown(const char *address, apr_pool_t *p);

/* The URL, within `address`. */
const char *ti_address_url(const char *address);

/* Does what goes there, and comes back, travel without TLS over TCP? */
int ti_address_is_plain(const char *address);

/* Do both go to the same scheme, host and port? `p` is for scratch. For
 * addresses without a complaint. RFC 6454 4. */
int ti_address_same_origin(const char *one, const char *other, apr_pool_t *p);

/* One spelling for all that name the same resource, in `p`: scheme and host
 * in small letters, no default port, no empty query, a path. RFC 3986 6.2. For
 * an address without a complaint. */
const char *ti_address_canonical(const char *address, apr_pool_t *p);

/* The place of each of these addresses among them in alphabetical order, which
 * is the same whatever their order in a section; of the first `ranks_max`.
 * NULL: there are none. */
void ti_address_rank(int *ranks, int ranks_max,
                     const apr_array_header_t *addresses);

#endif
