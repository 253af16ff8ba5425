/* SPDX-License-Identifier: Apache-2.0
 *
 * SetHandler introspect-logout: the authorization server says that somebody
 * signed out, and what is remembered about them is forgotten. OpenID Connect
 * Back-Channel Logout 1.0.
 */
#ifndef MAI_LOGOUT_H
#define MAI_LOGOUT_H

#include <httpd.h>

/* SetHandler introspect-logout: see handler.h. A POST with a form of one
 * logout_token=, signed by the only authorization server of this place: 200
 * once the marks are made, 400 where it does not count, also because its keys
 * cannot be had (2.8). */
int mai_logout_handle(request_rec *r);

#endif
