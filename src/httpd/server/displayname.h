/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of authorization servers and endpoints in metrics, pages and logs:
 * bounded in number, without a client, a query or a secret.
 */
#ifndef MAI_DISPLAYNAME_H
#define MAI_DISPLAYNAME_H

#include <httpd.h>

#include "ask/server.h"

/* The display name, in `p`, of a server with settings in `s`. A server with a
 * name: NAME, or NAME@VHOST:PORT where `is_shared` says that another virtual
 * host has a server of the same name. A server without a name: HOST:PORT-DIGEST
 * with the host of its first endpoint, or HOST:PORT@VHOST:PORT-DIGEST in a
 * virtual host. The digest tells two realms of one host, or two clients, apart.
 * The display name depends on the settings alone, so restarts keep it. */
const char *mai_displayname_server(const ti_server_t *server,
                                   const server_rec *s, int is_shared,
                                   apr_pool_t *p);

/* HOST:PORT of an address, in `p`. */
const char *mai_displayname_endpoint(const char *address, apr_pool_t *p);

#endif
