/* SPDX-License-Identifier: Apache-2.0
 *
 * What an authorization server says of itself, at a place that follows from
 * its issuer: RFC 8414, and OpenID Connect Discovery.
 */
#ifndef TI_DISCOVERY_H
#define TI_DISCOVERY_H

#include <apr_pools.h>

struct ti_server_t;

#define TI_DISCOVERY_LOCATIONS 2

/* Where it is read, in `p`; `which`: 0, RFC 8414 3.1; 1, OpenID Connect
 * Discovery 4. */
const char *ti_discovery_location(const char *issuer, int which, apr_pool_t *p);

/* Put into `server`, whose issuer it is to be, what the JSON text says and the
 * configuration does not: endpoint (that of mtls_endpoint_aliases where we show
 * a certificate), authentication method and algorithm, key set. NULL, or a
 * complaint in `p`, and `server` is as it was: another issuer, no endpoint, one
 * that may not be asked, no method for which we have credentials. What is put
 * there is in `p`. RFC 8414 2 and 3.3. */
const char *ti_discovery_apply(struct ti_server_t *server, const char *text,
                               apr_size_t length, apr_pool_t *p);

#endif
