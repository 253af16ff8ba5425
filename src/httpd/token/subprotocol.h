/* SPDX-License-Identifier: Apache-2.0
 *
 * The token of a browser's WebSocket, which can send no header but
 * Sec-WebSocket-Protocol: new WebSocket(url, ['bearer', token]).
 */
#ifndef MAI_SUBPROTOCOL_H
#define MAI_SUBPROTOCOL_H

#include <httpd.h>

/* The token, in r's pool; NULL: there is none. A header with `bearer` twice
 * gives a text that no token can be. */
const char *mai_subprotocol_token(const request_rec *r);

/* Leave `bearer` alone, where there is a token: the backend has to accept it,
 * or the browser closes the connection (RFC 6455 4.1). */
void mai_subprotocol_remove(request_rec *r);

#endif
