/* SPDX-License-Identifier: Apache-2.0
 *
 * IntrospectOptional On: who comes without a token is a guest, and Require
 * decides; who brings one is known also where another Require line would let
 * anybody in.
 */
#ifndef MAI_GUEST_H
#define MAI_GUEST_H

#include <httpd.h>

/* httpd's access_checker_ex hook, before mod_authz_core's. */
int mai_guest_check(request_rec *r);

#endif
