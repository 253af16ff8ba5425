/* SPDX-License-Identifier: Apache-2.0
 *
 * On which headers a response depends where a token may be there or not
 * (RFC 9110 12.5.5).
 */
#ifndef MAI_VARY_H
#define MAI_VARY_H

#include <httpd.h>

/* Say in Vary where this place takes tokens from: what a guest gets is not for
 * those who send one. */
void mai_vary_note(request_rec *r);

#endif
