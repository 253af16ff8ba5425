/* SPDX-License-Identifier: Apache-2.0
 *
 * The words by which metrics and status pages name an authorization server and
 * its endpoints: bounded in number, without a client, a query or a secret.
 */
#ifndef MAI_DISPLAYNAME_H
#define MAI_DISPLAYNAME_H

#include <httpd.h>

#include "ask/server.h"

/* The name of a server whose settings stand in `s`, in `p`: its own; with the
 * virtual host, NAME@HOST:PORT, where `is_shared` says that another virtual
 * host has another server of this name. Of one without a name HOST:PORT-DIGEST,
 * of its first endpoint, and HOST:PORT@VHOST-DIGEST in a virtual host: two
 * realms of one host, or two clients, differ in the digest. It depends on the
 * settings alone, and stays over restarts. */
const char *mai_displayname_server(const ti_server_t *server,
                                   const server_rec *s, int is_shared,
                                   apr_pool_t *p);

/* HOST:PORT of an address, in `p`. */
const char *mai_displayname_endpoint(const char *address, apr_pool_t *p);

#endif
