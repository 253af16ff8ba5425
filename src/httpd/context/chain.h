/* SPDX-License-Identifier: Apache-2.0
 *
 * The hooks that follow one of ours in its list. A hook of ours runs them where
 * it has to see, and may change, what they decide.
 */
#ifndef MAI_CHAIN_H
#define MAI_CHAIN_H

#include <http_request.h>

/* Run the check_authn hooks after `self`. Returns their first answer that is
 * not DECLINED. */
int mai_chain_check_authn(request_rec *r, ap_HOOK_check_user_id_t *self);

/* The same for the auth_checker hooks. */
int mai_chain_auth_checker(request_rec *r, ap_HOOK_auth_checker_t *self);

/* The same for the access_checker_ex hooks. */
int mai_chain_access_checker_ex(request_rec *r,
                                ap_HOOK_access_checker_ex_t *self);

#endif
