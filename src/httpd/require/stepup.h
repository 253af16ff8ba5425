/* SPDX-License-Identifier: Apache-2.0
 *
 * Require acr and Require auth-age: how, and how recently, the person behind a
 * token has to have signed in (RFC 9470).
 */
#ifndef MAI_STEPUP_H
#define MAI_STEPUP_H

#include <httpd.h>

/* Register our providers. */
void mai_stepup_register(apr_pool_t *pconf);

#endif
