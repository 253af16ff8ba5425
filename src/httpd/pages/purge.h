/* SPDX-License-Identifier: Apache-2.0
 *
 * SetHandler introspect-purge: forget what is remembered about a token, a
 * user, a session or a client. It decides nothing: the authorization server is
 * asked again.
 */
#ifndef MAI_PURGE_H
#define MAI_PURGE_H

#include <httpd.h>

/* SetHandler introspect-purge: see handler.h. A POST with a form of token=,
 * sub=, sid= or client_id=, each as often as wanted; the last three are about
 * the authorization server of this place. Served to an authenticated user, or
 * where IntrospectAdmin On says that something else protects the place. */
int mai_purge_handle(request_rec *r);

/* Forget what is remembered about one token, for a request that may ask for it:
 * OK, or a status. Logged, but for the token. */
int mai_purge_token(request_rec *r, const char *token, apr_size_t length);

#endif
