/* SPDX-License-Identifier: Apache-2.0
 *
 * SetHandler introspect-jwks: the authorization server's key set.
 */
#ifndef MAI_KEYSET_H
#define MAI_KEYSET_H

#include <httpd.h>

#define MAI_KEYSET_HANDLER "introspect-jwks"

/* httpd's handler hook. Serves the document of IntrospectJWKSURL, remembered
 * for 60 s by all processes; {"keys":[]} when none is set (RFC 7517 5). */
int mai_keyset_handle(request_rec *r);

#endif
