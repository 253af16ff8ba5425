/* SPDX-License-Identifier: Apache-2.0
 *
 * Require introspect-server: which of the authorization servers with names has
 * vouched for the token.
 */
#ifndef MAI_VOUCHED_H
#define MAI_VOUCHED_H

#include <httpd.h>

/* Register the provider. */
void mai_vouched_register(apr_pool_t *pconf);

#endif
