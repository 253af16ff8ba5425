/* SPDX-License-Identifier: Apache-2.0
 *
 * On which headers a response depends where a token may be there or not
 * (RFC 9110 12.5.5).
 */
#ifndef MAI_VARY_H
#define MAI_VARY_H

#include <httpd.h>

/* Name in Vary the headers that carry this place's tokens: the response for a
 * guest is no response for a client with a token. */
void mai_vary_note(request_rec *r);

#endif
