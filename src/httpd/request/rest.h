/* SPDX-License-Identifier: Apache-2.0
 *
 * The rest of a hook's list: for a hook that has to see, and may change, what
 * those after it decide.
 */
#ifndef MAI_REST_H
#define MAI_REST_H

#include <httpd.h>

/* What the check_authn hooks after ours answer: the first answer that is not
 * DECLINED. */
int mai_rest_check_authn(request_rec *r);

/* The same for the auth_checker hooks. */
int mai_rest_auth_checker(request_rec *r);

#endif
