/* SPDX-License-Identifier: Apache-2.0
 *
 * State that a client's connection keeps between its requests.
 */
#ifndef MAI_CONNECTION_H
#define MAI_CONNECTION_H

#include <httpd.h>

#include "base/recent.h"

/* The token that this connection sent last; it lives as long as the
 * connection. NULL for a stream of HTTP/2: streams of one connection run in
 * several threads at once. */
ti_recent_t *mai_connection_recent(const request_rec *r);

#endif
