/* SPDX-License-Identifier: Apache-2.0
 *
 * SetHandler introspect-client-jwks: the public halves of our own keys, for
 * authorization servers that want a URL of them.
 */
#ifndef MAI_CLIENTKEYS_H
#define MAI_CLIENTKEYS_H

#include <httpd.h>

/* SetHandler introspect-client-jwks: see handler.h. Serves those of
 * IntrospectClientKey, RFC 7517 5; never a symmetric key or a private member;
 * {"keys":[]} when none is set. */
int mai_clientkeys_handle(request_rec *r);

#endif
