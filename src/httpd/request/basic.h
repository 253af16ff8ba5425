/* SPDX-License-Identifier: Apache-2.0
 *
 * AuthBasicProvider introspect: the password of AuthType Basic is the token.
 */
#ifndef MAI_BASIC_H
#define MAI_BASIC_H

#include <httpd.h>
#include <mod_auth.h>

/* The authn provider. mod_auth_basic answers 500 where it cannot decide, which
 * mai_authn_check makes what it is. */
extern const authn_provider mai_basic_provider;

#endif
